//! Times as CRMs write them, as RFC 3339. What it does not understand it leaves as it is.

const DAY_MS: i64 = 86_400_000;

/// `2026-01-02T03:04:05.000+0000` gets its colon, milliseconds since 1970 become a time in UTC.
pub(crate) fn rfc3339(text: &str) -> String {
    if text.len() >= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map_or_else(|_| text.to_owned(), since_1970);
    }
    let Some(at) = text.len().checked_sub(5).filter(|at| text.is_char_boundary(*at)) else {
        return text.to_owned();
    };
    let (time, zone) = text.split_at(at);
    let offset = zone.starts_with(['+', '-']) && zone[1..].bytes().all(|b| b.is_ascii_digit());
    if offset && time.contains('T') {
        format!("{time}{}:{}", &zone[..3], &zone[3..])
    } else {
        text.to_owned()
    }
}

fn since_1970(ms: i64) -> String {
    let (days, rest) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    let (year, month, day) = date(days);
    let (s, ms) = (rest / 1000, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{ms:03}Z", s / 3600, s / 60 % 60, s % 60)
}

/// The date so many days after 1970-01-01: years of 400 are equally long, and a year that begins in March has its odd
/// day at its end.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400, if month < 10 { month + 3 } else { month - 9 });
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn times_of_several_makers_become_one() {
        let cases = [
            ("2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05.000+00:00"),
            ("2026-01-02T03:04:05-0730", "2026-01-02T03:04:05-07:30"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("1582934400123", "2020-02-29T00:00:00.123Z"),
            ("1767323045000", "2026-01-02T03:04:05.000Z"),
            ("yesterday", "yesterday"),
            ("ü", "ü"),
            ("", ""),
        ];
        for (from, to) in cases {
            assert_eq!(rfc3339(from), to);
        }
    }
}
