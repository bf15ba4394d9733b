//! Customers and cases out of another system's records, by where their fields are. A record without an id or a name is
//! nobody's; everything else may be missing.

use crate::config::{CaseConfig, CustomerConfig};
use hark_plugin_rest::{Pick, PickConfig};
use hark_plugin_sdk::crm::{Case, Customer};
use hark_plugin_sdk::{Failure, Json};

/// What `vip` may say to mean yes.
const YES: [&str; 3] = ["true", "yes", "1"];
/// The version of records that have none.
const NO_VERSION: u64 = 1;

/// Reads customers.
pub(crate) struct Customers {
    id: Pick,
    name: Pick,
    texts: [Option<Pick>; 7],
    vip: Option<Pick>,
    version: Option<Pick>,
    fields: Vec<(String, Pick)>,
}

impl Customers {
    pub(crate) fn compile(config: &CustomerConfig) -> Result<Self, Failure> {
        let one = |name: &str, pick: &PickConfig| Pick::compile(pick, &format!("customer.{name}"));
        let maybe =
            |name: &str, pick: &Option<PickConfig>| pick.as_ref().map(|pick| one(name, pick)).transpose();
        let fields = config.fields.iter();
        let fields = fields.map(|(name, pick)| Ok((name.clone(), one(&format!("fields.{name}"), pick)?)));
        Ok(Self {
            id: one("id", &config.id)?,
            name: one("name", &config.name)?,
            texts: [
                maybe("email", &config.email)?,
                maybe("phone", &config.phone)?,
                maybe("account", &config.account)?,
                maybe("company", &config.company)?,
                maybe("language", &config.language)?,
                maybe("since", &config.since)?,
                maybe("notes", &config.notes)?,
            ],
            vip: maybe("vip", &config.vip)?,
            version: maybe("version", &config.version)?,
            fields: fields.collect::<Result<_, Failure>>()?,
        })
    }

    /// The customer in a record, if there is one.
    pub(crate) fn read(&self, record: &Json) -> Option<Customer> {
        let [email, phone, account, company, language, since, notes] =
            self.texts.each_ref().map(|pick| pick.as_ref()?.of(record));
        let fields = self.fields.iter().filter_map(|(name, pick)| Some((name.clone(), pick.of(record)?)));
        let id = self.id.of(record)?;
        let name = self.name.of(record).or_else(|| email.clone()).or_else(|| phone.clone());
        Some(Customer {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            email,
            phone,
            account,
            company,
            language,
            vip: self
                .vip
                .as_ref()
                .and_then(|vip| vip.of(record))
                .is_some_and(|vip| YES.contains(&vip.as_str())),
            since,
            notes,
            fields: fields.collect(),
            version: self.version(record).map_or(NO_VERSION, |version| number(&version)),
        })
    }

    /// What the system says of a record's version, in its own words.
    pub(crate) fn version(&self, record: &Json) -> Option<String> {
        self.version.as_ref()?.of(record)
    }
}

/// A version as a number that a page can hold: the system's own if it is one, else FNV-1a of its text.
fn number(version: &str) -> u64 {
    let mix = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    version.parse::<u32>().unwrap_or_else(|_| version.bytes().fold(0x811c_9dc5, mix)).into()
}

/// Reads cases.
pub(crate) struct Cases {
    id: Pick,
    number: Pick,
    customer_id: Option<Pick>,
    texts: [Pick; 4],
}

impl Cases {
    pub(crate) fn compile(config: &CaseConfig) -> Result<Self, Failure> {
        let one = |name: &str, pick: &PickConfig| Pick::compile(pick, &format!("case.{name}"));
        Ok(Self {
            id: one("id", &config.id)?,
            number: one("number", &config.number)?,
            customer_id: config.customer_id.as_ref().map(|pick| one("customer_id", pick)).transpose()?,
            texts: [
                one("subject", &config.subject)?,
                one("status", &config.status)?,
                one("opened_at", &config.opened_at)?,
                one("updated_at", &config.updated_at)?,
            ],
        })
    }

    /// The case in a record, if there is one.
    pub(crate) fn read(&self, record: &Json) -> Option<Case> {
        let [subject, status, opened_at, updated_at] =
            self.texts.each_ref().map(|pick| pick.of(record).unwrap_or_default());
        let id = self.id.of(record)?;
        let known = ["open", "pending", "closed"].contains(&status.as_str());
        Some(Case {
            number: self.number.of(record).unwrap_or_else(|| id.clone()),
            id,
            customer_id: self.customer_id.as_ref().and_then(|pick| pick.of(record)),
            subject,
            // What is not known to be closed may still matter.
            status: if known { status } else { "open".to_owned() },
            opened_at,
            updated_at,
            notes: Vec::new(),
        })
    }
}
