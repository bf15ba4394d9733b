//! What a CRM checks and decides that stores customers, cases and logs itself: bounds of fields, what a note says, how
//! many notes an answer carries. It stores nothing.

use super::{AttachLogRequest, Case, CaseNote, CreateCaseRequest, Customer, NewCustomer};
use crate::Failure;

/// The longest field, in characters: more is a mistake, not a customer.
const MAX_FIELD: usize = 20_000;
/// The most custom fields of a customer.
const MAX_FIELDS: usize = 200;
/// The longest subject, in characters.
const MAX_SUBJECT: usize = 1000;
/// How many bytes of notes one answer carries, newest first. A host takes answers up to 1 MiB, and JSON may write one
/// byte as six.
const NOTES_BUDGET: usize = 160 * 1024;

impl NewCustomer {
    /// The customer under its id, in its first version.
    #[must_use]
    pub fn under(self, id: String) -> Customer {
        Customer {
            id,
            name: self.name,
            email: self.email,
            phone: self.phone,
            account: self.account,
            company: self.company,
            language: self.language,
            vip: self.vip,
            since: self.since,
            notes: self.notes,
            fields: self.fields,
            version: 1,
        }
    }
}

impl Customer {
    /// Checks what is to be stored.
    ///
    /// # Errors
    /// [`Failure::Invalid`] naming the field: too long, too many, nothing to tell the customer by, or no date.
    pub fn check(&self) -> Result<(), Failure> {
        if let Some(name) = self.too_long() {
            return Err(Failure::invalid(format!("`{name}` is longer than {MAX_FIELD} characters")));
        }
        if self.fields.len() > MAX_FIELDS {
            return Err(Failure::invalid(format!("there are more than {MAX_FIELDS} fields")));
        }
        let known = [Some(&self.name), self.email.as_ref(), self.phone.as_ref(), self.account.as_ref()];
        if known.iter().flatten().all(|text| text.trim().is_empty()) {
            return Err(Failure::invalid(
                "a customer needs a name, an e-mail address, a phone or an account number",
            ));
        }
        match &self.since {
            Some(since) if !is_date(since) => {
                Err(Failure::invalid("`since` is not a date such as 2021-03-14"))
            }
            _ => Ok(()),
        }
    }

    fn too_long(&self) -> Option<&str> {
        let texts = [
            ("email", &self.email),
            ("phone", &self.phone),
            ("account", &self.account),
            ("company", &self.company),
            ("language", &self.language),
            ("notes", &self.notes),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
        let fields = self.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let mut all = texts.chain(fields).chain([("name", self.name.as_str())]);
        all.find(|(_, text)| text.chars().count() > MAX_FIELD).map(|(name, _)| name)
    }

    /// Checks that a change was made to what is stored in `version`, and counts it.
    ///
    /// # Errors
    /// [`Failure::Refused`] when somebody else was faster.
    pub fn changed_from(&mut self, version: u64) -> Result<(), Failure> {
        if version != self.version {
            return Err(Failure::refused(format!(
                "somebody else has changed this customer (version {version} is stored, {} was sent): look at it \
                 again first",
                self.version
            )));
        }
        self.version += 1;
        Ok(())
    }
}

/// Whether a text is an ISO date, by its shape.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts[..], [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2)
        && ("01"..="12").contains(&m) && ("01"..="31").contains(&d))
}

impl CreateCaseRequest {
    /// Checks what is to be stored.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when there is no subject, or it is too long.
    pub fn check(&self) -> Result<(), Failure> {
        if self.subject.trim().is_empty() {
            return Err(Failure::invalid("a case needs a subject"));
        }
        if self.subject.chars().count() > MAX_SUBJECT {
            return Err(Failure::invalid(format!("a subject has at most {MAX_SUBJECT} characters")));
        }
        Ok(())
    }
}

impl AttachLogRequest {
    /// Checks that the log can be told from others.
    ///
    /// # Errors
    /// [`Failure::Invalid`] when the chat has no id.
    pub fn check(&self) -> Result<(), Failure> {
        if self.chat_id.trim().is_empty() {
            return Err(Failure::invalid("`chat_id` is empty"));
        }
        Ok(())
    }

    /// The subject of a case that is opened for this log: its title, cut to what a subject may have.
    #[must_use]
    pub fn subject(&self) -> String {
        let subject = match self.title.trim() {
            "" => format!("Chat {}", self.chat_id),
            title => title.to_owned(),
        };
        subject.chars().take(MAX_SUBJECT).collect()
    }

    /// What an agent will read: title, times and codes, a blank line, and the log as it came.
    #[must_use]
    pub fn note(&self) -> String {
        let Self { title, started_at, ended_at, text, .. } = self;
        let codes = match self.codes.as_slice() {
            [] => String::new(),
            codes => format!("Codes: {}\n", codes.join(", ")),
        };
        format!("{title}\n{started_at} - {ended_at}\n{codes}\n{text}")
    }

    /// Checks that a case that was asked for is this customer's.
    ///
    /// # Errors
    /// [`Failure::Refused`] when it is somebody else's.
    pub fn check_case(&self, case: &Case) -> Result<(), Failure> {
        if case.customer_id.as_deref() == Some(self.customer_id.as_str()) {
            return Ok(());
        }
        Err(Failure::refused(format!("the case {} belongs to another customer", case.number)))
    }
}

/// What is left of the room for notes in one answer, in bytes.
pub struct NotesBudget(usize);

impl Default for NotesBudget {
    fn default() -> Self {
        Self(NOTES_BUDGET)
    }
}

impl NotesBudget {
    /// What is left, in bytes.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0
    }

    /// Takes a note into the answer. False when there is no room for it.
    pub fn takes(&mut self, note: &CaseNote) -> bool {
        let size = note.author.len() + note.text.len();
        let fits = size <= self.0;
        if fits {
            self.0 -= size;
        }
        fits
    }
}
