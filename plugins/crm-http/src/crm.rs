//! The configured requests of one system, checked, and the plain things that are done with them: read, list, make.

use crate::config::{AttachConfig, Config, MakeConfig};
use crate::fields;
use crate::lookup::Way;
use crate::records::{Cases, Customers};
use crate::update::Update;
use hark_plugin_rest::{Asking, Fields, Pick, Request, RequestConfig};
use hark_plugin_sdk::crm::{Case, Customer};
use hark_plugin_sdk::{Failure, Json};
use std::collections::BTreeMap;

/// One system's operations.
pub(crate) struct Crm {
    values: Fields,
    pub(crate) customers: Customers,
    pub(crate) case: Option<Cases>,
    pub(crate) ways: Vec<Way>,
    pub(crate) search: Option<Request>,
    get: Option<Request>,
    create: Option<Make>,
    pub(crate) update: Option<Update>,
    pub(crate) cases: Option<Request>,
    get_case: Option<Request>,
    create_case: Option<Make>,
    pub(crate) attach: Option<Attach>,
}

struct Make {
    request: Request,
    id: Pick,
}

/// How logs are stored, and found when they are.
pub(crate) struct Attach {
    pub(crate) find: Option<(Request, Option<Pick>)>,
    pub(crate) store: Request,
    pub(crate) longest: Option<usize>,
}

impl Crm {
    /// Checks all templates.
    pub(crate) fn compile(config: &Config) -> Result<Self, Failure> {
        let values = values(&config.values);
        let request = |config: &Option<RequestConfig>, key: &str, names: &[&str]| {
            config.as_ref().map(|config| Request::compile(config, key, names, &values)).transpose()
        };
        let make = |config: &Option<MakeConfig>, key: &str, names: &[&str]| {
            let compile = |config: &MakeConfig| {
                let request = Request::compile(&config.request, &format!("{key}.request"), names, &values)?;
                Ok::<_, Failure>(Make { request, id: Pick::compile(&config.id, &format!("{key}.id"))? })
            };
            config.as_ref().map(compile).transpose()
        };
        let ways = config.lookup.iter().enumerate();
        let mut crm = Self {
            values: Fields::new(),
            customers: Customers::compile(&config.customer)?,
            case: config.case.as_ref().map(Cases::compile).transpose()?,
            ways: ways.map(|(at, way)| Way::compile(way, at, &values)).collect::<Result<_, _>>()?,
            search: request(&config.search, "search", fields::SEARCH)?,
            get: request(&config.get, "get", fields::GET)?,
            create: make(&config.create, "create", fields::CREATE)?,
            update: config.update.as_ref().map(|update| Update::compile(update, &values)).transpose()?,
            cases: request(&config.cases, "cases", fields::CASES)?,
            get_case: request(&config.get_case, "get_case", fields::GET)?,
            create_case: make(&config.create_case, "create_case", fields::CREATE_CASE)?,
            attach: config.attach.as_ref().map(|attach| Attach::compile(attach, &values)).transpose()?,
        };
        crm.values = values;
        crm.agree()?;
        Ok(crm)
    }

    /// What needs another part of the configuration has it.
    fn agree(&self) -> Result<(), Failure> {
        let reads_cases = self.cases.is_some() || self.create_case.is_some() || self.attach.is_some();
        let lacks = [
            (reads_cases && self.case.is_none(), "`case` is missing: it says where a case's fields are"),
            (self.create.is_some() && self.get.is_none(), "`create` needs `get`, to read what was made"),
            (self.update.is_some() && self.get.is_none(), "`update` needs `get`, to read what is stored"),
            (self.create_case.is_some() && self.get_case.is_none(), "`create_case` needs `get_case`"),
            (self.attach.is_some() && self.get_case.is_none(), "`attach` needs `get_case`"),
            (
                self.ways.iter().any(Way::needs_get) && self.get.is_none(),
                "`customer_id` of a look-up needs `get`",
            ),
        ];
        match lacks.into_iter().find(|(lacks, _)| *lacks) {
            Some((_, what)) => Err(Failure::invalid(format!("crm-http's configuration: {what}"))),
            None => Ok(()),
        }
    }

    /// These values and the constants.
    pub(crate) fn fields(&self, own: impl IntoIterator<Item = (String, String)>) -> Fields {
        self.values.clone().into_iter().chain(own).collect()
    }

    fn id(&self, id: &str) -> Fields {
        self.fields([("id".to_owned(), id.to_owned())])
    }

    /// The customer with this id.
    pub(crate) async fn get(&self, asking: &Asking<'_>, id: &str) -> Result<Customer, Failure> {
        Ok(self.get_record(asking, id).await?.0)
    }

    /// The same, with the record as the system has it.
    pub(crate) async fn get_record(
        &self,
        asking: &Asking<'_>,
        id: &str,
    ) -> Result<(Customer, Json), Failure> {
        let record = asking.list(needed(self.get.as_ref(), "get")?, &self.id(id), 1).await?.pop();
        let found = record.and_then(|record| Some((self.customers.read(&record)?, record)));
        found.ok_or_else(|| Failure::not_found(format!("there is no customer {id}")))
    }

    /// The case with this id.
    pub(crate) async fn get_case(&self, asking: &Asking<'_>, id: &str) -> Result<Case, Failure> {
        let record = asking.list(needed(self.get_case.as_ref(), "get_case")?, &self.id(id), 1).await?.pop();
        let case = record.zip(self.case.as_ref()).and_then(|(record, case)| case.read(&record));
        case.ok_or_else(|| Failure::not_found(format!("there is no case {id}")))
    }

    /// Makes a customer, and reads what was made.
    pub(crate) async fn create(&self, asking: &Asking<'_>, fields: Fields) -> Result<Customer, Failure> {
        let id = self.make(asking, self.create.as_ref(), "create", fields).await?;
        self.get(asking, &id).await
    }

    /// Makes a case, and reads what was made.
    pub(crate) async fn create_case(
        &self,
        asking: &Asking<'_>,
        customer_id: &str,
        subject: &str,
    ) -> Result<Case, Failure> {
        let fields = [("customer_id", customer_id), ("subject", subject)];
        let fields = fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let id = self.make(asking, self.create_case.as_ref(), "create_case", fields).await?;
        let case = self.get_case(asking, &id).await?;
        Ok(Case { customer_id: case.customer_id.or_else(|| Some(customer_id.to_owned())), ..case })
    }

    async fn make(
        &self,
        asking: &Asking<'_>,
        make: Option<&Make>,
        key: &str,
        fields: Fields,
    ) -> Result<String, Failure> {
        let make = needed(make, key)?;
        let answer = asking.ask(&make.request, &self.fields(fields)).await?;
        make.id.of(&answer).ok_or_else(|| Failure::unavailable("the CRM's answer has no id of what it made"))
    }

    /// A customer's cases, as the system orders them.
    pub(crate) async fn cases(
        &self,
        asking: &Asking<'_>,
        customer_id: &str,
        limit: u32,
    ) -> Result<Vec<Case>, Failure> {
        let fields = [("customer_id", customer_id.to_owned()), ("limit", limit.to_string())];
        let fields = self.fields(fields.map(|(name, text)| (name.to_owned(), text)));
        let records = asking.list(needed(self.cases.as_ref(), "cases")?, &fields, limit as usize).await?;
        let cases = records.iter().filter_map(|record| self.case.as_ref()?.read(record));
        let owned = |case: Case| Case {
            customer_id: case.customer_id.or_else(|| Some(customer_id.to_owned())),
            ..case
        };
        Ok(cases.map(owned).collect())
    }
}

impl Attach {
    fn compile(config: &AttachConfig, values: &Fields) -> Result<Self, Failure> {
        let find = config.find.as_ref().map(|find| {
            let request = Request::compile(&find.request, "attach.find.request", fields::ATTACH, values)?;
            let case_id = find.case_id.as_ref();
            let case_id = case_id.map(|pick| Pick::compile(pick, "attach.find.case_id")).transpose()?;
            Ok::<_, Failure>((request, case_id))
        });
        Ok(Self {
            find: find.transpose()?,
            store: Request::compile(&config.store, "attach.store", fields::ATTACH, values)?,
            longest: config.longest,
        })
    }
}

/// What an operation is done with, or the failure that says that it is not configured.
pub(crate) fn needed<'a, T>(part: Option<&'a T>, key: &str) -> Result<&'a T, Failure> {
    part.ok_or_else(|| {
        Failure::UnknownOperation(format!("the CRM is not configured for this: there is no `{key}`"))
    })
}

/// Constants as templates name them.
fn values(config: &BTreeMap<String, String>) -> Fields {
    config.iter().map(|(name, value)| (format!("values.{name}"), value.clone())).collect()
}
