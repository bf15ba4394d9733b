//! How identifiers are compared: what people write in many ways becomes one key. For CRMs that keep an index of their
//! own. Nothing here is shown to anybody; what was written is stored beside it.

/// Digits that two phone numbers must share at their ends to be the same: country code and trunk zero may differ.
pub const PHONE_TAIL: usize = 7;

/// An e-mail address without case and outer blanks; nothing for a blank one.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let key = text.trim().to_lowercase();
    (!key.is_empty()).then_some(key)
}

/// A name without case, with single blanks.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let key = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    (!key.is_empty()).then_some(key)
}

/// An account number: letters and digits only, without case.
#[must_use]
pub fn account(text: &str) -> Option<String> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!key.is_empty()).then_some(key)
}

/// A case number: as an account number, and the digits alone (`5512`, `#5512`) mean `CS-5512`.
#[must_use]
pub fn case(text: &str) -> Option<String> {
    let key = account(text)?;
    Some(if key.bytes().all(|b| b.is_ascii_digit()) { format!("cs{key}") } else { key })
}

/// The digits of a phone number without international prefix or trunk zeros; nothing when they are too few to tell
/// people apart.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter_map(digit).collect();
    let digits = digits.trim_start_matches('0');
    (digits.len() >= PHONE_TAIL).then(|| digits.to_owned())
}

/// The end of a phone key, by which it is looked up.
#[must_use]
pub fn phone_tail(key: &str) -> &str {
    &key[key.len().saturating_sub(PHONE_TAIL)..]
}

/// Whether two phone keys are the same number: either may lack the country code (1 to 3 digits), or keep the trunk
/// zero after it, as in `+44 (0)20`.
#[must_use]
pub fn same_phone(a: &str, b: &str) -> bool {
    forms(a).any(|a| {
        forms(b).any(|b| {
            let (long, short) = if a.len() >= b.len() { (&a, &b) } else { (&b, &a) };
            long.len() - short.len() <= 3 && long.ends_with(short.as_str())
        })
    })
}

/// The key, and the key without a zero that stands where a trunk zero may be.
fn forms(key: &str) -> impl Iterator<Item = String> + '_ {
    let without = (1..=3)
        .filter_map(move |code| Some(key.get(..code)?.to_owned() + key.get(code..)?.strip_prefix('0')?));
    std::iter::once(key.to_owned()).chain(without)
}

/// Decimal digits of the scripts that customers type.
fn digit(c: char) -> Option<char> {
    const ZEROS: [char; 6] = ['0', '٠', '۰', '०', '০', '０'];
    ZEROS.iter().find_map(|zero| {
        let value = (c as u32).checked_sub(*zero as u32)?;
        char::from_digit(value, 10)
    })
}
