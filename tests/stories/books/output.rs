//! Compares what a command printed with what a book says it prints. `…` in a line stands for anything within the line; a
//! line that is `…` alone stands for any number of lines, also none. Blanks at the ends of lines do not count.

/// Stands for what differs from run to run.
const ANYTHING: &str = "…";

/// Whether the printed is as told.
pub(crate) fn is_as_told(told: &str, printed: &str) -> bool {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines_fit(&lines(told), &lines(printed))
}

fn lines_fit(told: &[String], printed: &[String]) -> bool {
    let Some((first, rest)) = told.split_first() else { return printed.is_empty() };
    if first.trim() == ANYTHING {
        return (0..=printed.len()).any(|skipped| lines_fit(rest, &printed[skipped..]));
    }
    printed.split_first().is_some_and(|(line, others)| line_fits(first, line) && lines_fit(rest, others))
}

fn line_fits(told: &str, printed: &str) -> bool {
    let Some((begin, rest)) = told.split_once(ANYTHING) else { return told == printed };
    let Some(mut left) = printed.strip_prefix(begin) else { return false };
    let mut parts: Vec<&str> = rest.split(ANYTHING).collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

#[test]
fn what_stands_for_anything_stands_for_nothing_else() {
    assert!(is_as_told("a\nb\n", "a  \nb"));
    assert!(!is_as_told("a\n", "a\nb\n") && !is_as_told("a\nb\n", "a\n"));
    assert!(is_as_told("version …; ok\n", "version 1f2e; ok\n"));
    assert!(!is_as_told("version …; ok\n", "version 1f2e; bad\n"));
    assert!(is_as_told("at … in … ms", "at 12:00 in 3 ms") && !is_as_told("at … in … ms", "at 12:00 3 ms"));
    assert!(is_as_told("a\n…\nz\n", "a\nz\n") && is_as_told("a\n…\nz\n", "a\nb\nc\nz\n"));
    assert!(!is_as_told("a\n…\nz\n", "a\nb\n") && !is_as_told("", "a"));
}
