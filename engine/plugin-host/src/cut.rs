//! Makes a foreign text short and harmless for logs and pages. It never fails.

/// The text in at most `limit` bytes, cut between characters, with broken UTF-8 repaired and control characters gone.
pub(crate) fn line(bytes: &[u8], limit: usize) -> String {
    let head = &bytes[..bytes.len().min(limit)];
    let text: String = String::from_utf8_lossy(head)
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let mut text = at_most(text, limit);
    if bytes.len() > limit {
        text.truncate(text.trim_end_matches('\u{fffd}').len());
        text.push('…');
    }
    text
}

/// The text in at most `limit` bytes, cut between characters.
pub(crate) fn at_most(mut text: String, limit: usize) -> String {
    text.truncate(text.floor_char_boundary(limit));
    text
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn it_is_short_and_plain() {
        assert_eq!(line(b"fine", 10), "fine");
        assert_eq!(line("a\u{1b}[31m\nb".as_bytes(), 20), "a [31m b");
        assert_eq!(line("ééé".as_bytes(), 3), "é…");
        assert_eq!(line(b"\xff\xfe", 20), "\u{fffd}\u{fffd}");
        assert_eq!(line(b"", 0), "");
    }
}
