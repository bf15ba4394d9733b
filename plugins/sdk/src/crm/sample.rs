//! Sample customers and cases for demonstrations and tests, written for Hark: nobody in it exists, and every address is
//! at an example domain. Who fills a database with it does so only when it is empty.

use super::Customer;

/// One customer a line: account, name, e-mail, phone, company, language, vip, since, plan, notes.
const CUSTOMERS: &str = include_str!("../../sample/customers.txt");
/// One case a line: number, account, status, age in days, subject, author, note.
const CASES: &str = include_str!("../../sample/cases.txt");

/// A case with its one note.
#[derive(Clone, Copy, Debug)]
pub struct SampleCase {
    /// The CRM's own id is `cas_` and this.
    pub key: &'static str,
    /// The number that people use.
    pub number: &'static str,
    /// Id of the customer is `cus_` and this.
    pub account: &'static str,
    /// `open`, `pending` or `closed`.
    pub status: &'static str,
    /// How many days ago it was opened, digits.
    pub age_days: &'static str,
    /// What it is about.
    pub subject: &'static str,
    /// Who wrote the note.
    pub author: &'static str,
    /// The note.
    pub note: &'static str,
}

/// The customers, each with the id `cus_` and the account number.
pub fn customers() -> impl Iterator<Item = Customer> {
    lines(CUSTOMERS).map(|line| customer(split(line)))
}

/// The cases, each of one of the customers.
pub fn cases() -> impl Iterator<Item = SampleCase> {
    lines(CASES).map(|line| {
        let [number, account, status, age_days, subject, author, note] = split(line);
        let key = number.trim_start_matches("CS-");
        SampleCase { key, number, account, status, age_days, subject, author, note }
    })
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn split<const N: usize>(line: &'static str) -> [&'static str; N] {
    let parts: Vec<_> = line.split('|').map(str::trim).collect();
    parts.try_into().expect("the sample's lines have all their parts; a test reads them")
}

fn customer(parts: [&str; 10]) -> Customer {
    let [account, name, email, phone, company, language, vip, since, plan, notes] = parts;
    let text = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    Customer {
        id: format!("cus_{account}"),
        name: name.to_owned(),
        email: text(email),
        phone: text(phone),
        account: text(account),
        company: text(company),
        language: text(language),
        vip: vip == "vip",
        since: text(since),
        notes: text(notes),
        fields: text(plan).map(|plan| ("plan".to_owned(), plan)).into_iter().collect(),
        version: 1,
    }
}
