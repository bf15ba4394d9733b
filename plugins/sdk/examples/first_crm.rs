//! The first plugin: a CRM in a text file, one `email,name,account` a line. The integrator's book shows this very
//! file, `hark plugin new` writes it, and a test loads it.
#![forbid(unsafe_code)]

use hark_plugin_sdk::crm::{Crm, Customer, LOOKUP, LookupAnswer, LookupRequest, Match};
use hark_plugin_sdk::{Failure, Host, Json, Manifest, Plugin, export, json};

struct FirstCrm {
    customers: Vec<Customer>,
}

impl Plugin for FirstCrm {
    fn manifest() -> Manifest {
        Manifest::new("first-crm", env!("CARGO_PKG_VERSION"))
            .blocking(false)
            .capabilities([LOOKUP])
            .config_schema(json!({
                "type": "object",
                "required": ["file"],
                "properties": { "file": { "type": "string" } }
            }))
    }

    fn create(config: Json, host: Host) -> Result<Self, Failure> {
        let file = config["file"].as_str().ok_or("`file` is missing")?;
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::unavailable(format!("cannot read {file}: {error}")))?;
        let customers: Vec<_> = text.lines().filter_map(customer).collect();
        host.info(&format!("{} customers from {file}", customers.len()));
        Ok(Self { customers })
    }
}

fn customer(line: &str) -> Option<Customer> {
    let mut parts = line.split(',').map(|part| part.trim().to_owned());
    let (email, name, account) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Customer {
        id: format!("cus_{account}"),
        name,
        email: Some(email),
        account: Some(account),
        version: 1,
        ..Customer::default()
    })
}

impl Crm for FirstCrm {
    fn lookup(&self, request: LookupRequest) -> Result<LookupAnswer, Failure> {
        let wanted = request.email.ok_or("this CRM knows customers by e-mail only")?;
        let found = self.customers.iter().filter(|customer| {
            customer.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(&wanted))
        });
        let matches = found.map(|customer| Match {
            customer: customer.clone(),
            score: 100,
            by: "email".to_owned(),
            ..Match::default()
        });
        Ok(LookupAnswer { matches: matches.collect() })
    }
}

export!(FirstCrm: crm);

#[cfg(test)]
mod tests {
    use super::hark_plugin_v1;
    use hark_plugin_sdk::testing::{Driver, contract};
    use hark_plugin_sdk::{Json, json};

    fn config() -> Json {
        json!({ "file": concat!(env!("CARGO_MANIFEST_DIR"), "/customers.csv") })
    }

    #[test]
    fn a_customer_is_known_by_e_mail() {
        let crm = Driver::create(&hark_plugin_v1, &config()).expect("created");
        let found = crm.call("crm.lookup/1", json!({ "email": "Ana@example.com" })).expect("answered");
        assert_eq!(found["matches"][0]["customer"]["name"], "Ana Novak");
        let nobody = crm.call("crm.lookup/1", json!({ "email": "nobody@example.com" }));
        assert_eq!(nobody, Ok(json!({ "matches": [] })));
    }

    #[test]
    fn it_keeps_the_contract() {
        contract::check(&hark_plugin_v1, config());
    }
}
