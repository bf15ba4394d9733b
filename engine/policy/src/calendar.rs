//! Local time for scripts: what the calendar and the clock on a wall somewhere show at a given time. It never looks at
//! the real clock or at the machine's own time zone, so that the same question has the same answer everywhere.

use crate::fault::did_you_mean;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, tz};
use mlua::{Function, Lua, Result};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Most zones that one machine keeps: a script names few, and one that makes up names gains nothing.
const KEPT: usize = 16;

/// The zones that were asked for, by name.
#[derive(Debug, Default)]
pub(crate) struct Zones(BTreeMap<String, TimeZone>);

impl Zones {
    /// # Errors
    /// There is no such zone, with the name that may have been meant.
    pub(crate) fn named(&mut self, name: &str) -> std::result::Result<TimeZone, String> {
        if let Some(zone) = self.0.get(name) {
            return Ok(zone.clone());
        }
        let zone = tz::db().get(name).map_err(|_| unknown(name))?;
        if self.0.len() < KEPT {
            self.0.insert(name.to_owned(), zone.clone());
        }
        Ok(zone)
    }
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = tz::db().available().map(|zone| zone.to_string()).collect();
    let near = did_you_mean(name, known.iter().map(String::as_str));
    format!("unknown time zone '{}'{near}", name.chars().take(100).collect::<String>())
}

/// Year, month, day, hour, minute, day of the week (1 is Monday) and the date as `YYYY-MM-DD`.
type Shown = (i16, i8, i8, i8, i8, i8, String);

/// What a wall shows at a time in milliseconds since 1970 (UTC).
pub(crate) fn function(lua: &Lua) -> Result<Function> {
    let zones = Mutex::<Zones>::default();
    lua.create_function(move |_, (millis, zone): (f64, String)| {
        let at = timestamp(millis).map_err(mlua::Error::runtime)?;
        let zone = zones.lock().unwrap_or_else(PoisonError::into_inner).named(&zone);
        Ok(shown(zone.map_err(mlua::Error::runtime)?.to_datetime(at)))
    })
}

/// The time in milliseconds at which a wall shows `YYYY-MM-DD HH:MM`, for tests of scripts.
pub(crate) fn at(lua: &Lua) -> Result<Function> {
    lua.create_function(|_, (text, zone): (String, Option<String>)| {
        let shown: DateTime = text.parse().map_err(|_| {
            mlua::Error::runtime(format!("'{text}' is no time: write it as 2026-11-23 09:00"))
        })?;
        let zone = Zones::default().named(zone.as_deref().unwrap_or("UTC")).map_err(mlua::Error::runtime)?;
        let at = zone.to_timestamp(shown).map_err(mlua::Error::runtime)?;
        Ok(at.as_millisecond() as f64)
    })
}

fn timestamp(millis: f64) -> std::result::Result<Timestamp, String> {
    if !millis.is_finite() {
        return Err(format!("{millis} is no time in milliseconds"));
    }
    Timestamp::from_millisecond(millis as i64).map_err(|_| format!("{millis} is no time in milliseconds"))
}

fn shown(at: DateTime) -> Shown {
    let weekday = at.weekday().to_monday_one_offset();
    (at.year(), at.month(), at.day(), at.hour(), at.minute(), weekday, at.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_wall(millis: i64, zone: &str) -> (String, i8, i8, i8) {
        let zone = Zones::default().named(zone).expect("the zone is known");
        let at = Timestamp::from_millisecond(millis).expect("the time is in range");
        let (_, _, _, hour, minute, weekday, date) = shown(zone.to_datetime(at));
        (date, hour, minute, weekday)
    }

    #[test]
    fn summer_and_winter_are_kept() {
        // 2026-10-25 01:00 UTC: the clocks of central Europe go from 03:00 back to 02:00.
        let back = 1_792_890_000_000;
        assert_eq!(on_the_wall(back - 60_000, "Europe/Madrid"), ("2026-10-25".to_owned(), 2, 59, 7));
        assert_eq!(on_the_wall(back, "Europe/Madrid"), ("2026-10-25".to_owned(), 2, 0, 7));
        assert_eq!(on_the_wall(back, "Asia/Kolkata"), ("2026-10-25".to_owned(), 6, 30, 7));
        assert_eq!(on_the_wall(0, "America/Los_Angeles"), ("1969-12-31".to_owned(), 16, 0, 3));
    }

    #[test]
    fn a_zone_that_there_is_not_is_told_with_the_one_that_was_meant() {
        let told = Zones::default().named("Europe/Madird").expect_err("there is none");
        assert_eq!(told, "unknown time zone 'Europe/Madird', did you mean 'Europe/Madrid'?");
        assert!(timestamp(f64::NAN).is_err() && timestamp(1e300).is_err());
    }
}
