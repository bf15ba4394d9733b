//! Classes of customers, the more urgent ones first, none interrupted: Cobham (1954), Kella and Yechiali (1985).

use super::line::p_wait;
use super::{Figures, exit_within};

/// Places of the walk that a customer's wait is: further ones are never reached.
const PLACES: usize = 3000;

/// The figures of class `class` (from 0, the most urgent first) of M/M/N with these rates.
pub(crate) fn priority(agents: u32, rates: &[f64], class: usize, handle: f64, threshold: f64) -> Figures {
    let full = f64::from(agents) / handle;
    let waits = p_wait(agents, rates.iter().sum::<f64>() * handle);
    let before: f64 = rates[..class].iter().sum();
    let with = before + rates[class];
    let wait = waits / full / ((1.0 - before / full) * (1.0 - with / full));
    // Who waits finds a geometric number of equals and betters before them; each is served at the full rate, and more
    // urgent ones keep coming.
    let part = with / full;
    let start: Vec<f64> = (0..PLACES).map(|ahead| (1.0 - part) * part.powi(ahead as i32)).collect();
    let soon = exit_within(&start, threshold, |_| full, |_| before, 0.0);
    Figures {
        p_wait: Some(waits),
        wait_all: Some(wait),
        wait_served: Some(wait),
        service_level: Some(1.0 - waits + waits * soon),
        abandoned: Some(0.0),
        waiting: Some(rates[class] * wait),
        occupancy: Some(rates.iter().sum::<f64>() / full),
        ..Figures::default()
    }
}
