//! The known name that was probably meant. It guesses only when little differs.

/// The name that differs least from `name`, if it differs little.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let far = name.chars().count() / 3 + 1;
    known.map(|known| (distance(name, known), known)).filter(|(d, _)| *d <= far).min().map(|(_, known)| known)
}

/// Letters to add, leave out or change (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut corner = above;
        row[0] = above + 1;
        for (place, other) in to.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[place + 1];
            row[place + 1] = changed.min(row[place] + 1).min(corner + 1);
        }
    }
    row[to.len()]
}
