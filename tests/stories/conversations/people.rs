//! Who plays which part: each conversation gets a customer, half of whom the CRM knows by their e-mail address. Nothing
//! is sent from here.

use hark_tests::{Dialogue, Seed, repository};
use std::collections::BTreeMap;
use std::fs;

/// A customer's part.
#[derive(Debug, Clone)]
pub(crate) struct CustomerPart {
    /// Its number, which its agent finds in the form.
    pub(crate) number: usize,
    pub(crate) dialogue: Dialogue,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Whether the CRM knows them.
    pub(crate) known: bool,
    /// Whether the customer ends the chat, rather than the agent.
    pub(crate) ends: bool,
    /// Whether the customer begins to write before an agent is there.
    pub(crate) hasty: bool,
    /// Whether the agent leaves a private note.
    pub(crate) noted: bool,
}

impl CustomerPart {
    /// The page that the form names.
    pub(crate) fn page(&self) -> String {
        format!("https://example.com/story/{}", self.number)
    }

    /// The client id of a line.
    pub(crate) fn client_id(&self, line: usize) -> String {
        format!("{}/{line}", self.dialogue.id)
    }

    /// The agent's private note.
    pub(crate) fn note(&self) -> String {
        format!("private: {}", self.dialogue.topic)
    }

    /// The number in a form's page.
    pub(crate) fn number_of(page: &str) -> usize {
        page.rsplit('/')
            .next()
            .and_then(|number| number.parse().ok())
            .expect("our own forms name their number")
    }
}

/// Gives out the parts.
pub(crate) fn cast(seed: &mut Seed, mut dialogues: Vec<Dialogue>, count: usize) -> Vec<CustomerPart> {
    seed.shuffle(&mut dialogues);
    let known = known_customers();
    let parts = dialogues.into_iter().take(count).enumerate().map(|(number, dialogue)| {
        let is_known = number % 2 == 0;
        let (name, email) = if is_known {
            known[number / 2 % known.len()].clone()
        } else {
            (format!("New Customer {number}"), format!("new-{number}@story.example"))
        };
        CustomerPart {
            number,
            dialogue,
            name,
            email,
            known: is_known,
            ends: seed.chance(40),
            hasty: seed.chance(50),
            noted: seed.chance(20),
        }
    });
    parts.collect()
}

/// Names and e-mail addresses of the CRM's sample customers, less the addresses that several of them share.
fn known_customers() -> Vec<(String, String)> {
    let file = repository().join("plugins/sdk/sample/customers.txt");
    let text = fs::read_to_string(file).expect("the sample customers are there");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let mut by_email: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let fields: Vec<&str> = row.split('|').map(str::trim).collect();
        by_email.entry(fields[2].to_owned()).or_default().push(fields[1].to_owned());
    }
    let alone = by_email.into_iter().filter(|(email, names)| email.contains('@') && names.len() == 1);
    alone.map(|(email, mut names)| (names.remove(0), email)).collect()
}
