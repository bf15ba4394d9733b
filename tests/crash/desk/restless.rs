//! An agent without a queue who keeps changing their mind: nothing but their own choice changes their status, so what
//! was acknowledged last is what must be shown, and their stream tells each change once and in order.

use super::ledger::{Ledger, Register, proof};
use hark_tests::Seed;
use hark_tests::client::{Api, Stream};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const STATUSES: [&str; 3] = ["available", "on_break", "work_offline"];
/// Between two choices, so that they do not make up most of the load.
const REST: Duration = Duration::from_millis(30);

/// Chooses and listens until told to stop.
pub(super) async fn play(api: Api, id: String, mut seed: Seed, ledger: Arc<Ledger>) {
    let desk = api.insist(Method::GET, "/v1/me/desk", &[], None).await.is(200);
    let first = desk["status"]["status"].clone();
    ledger.read().statuses.insert(id.clone(), Register::new(first.clone()));
    let stream = Stream::open(&api, desk["cursor"].as_str().map(str::to_owned)).await;
    let choosing = choose(&api, &id, first, &mut seed, &ledger);
    tokio::select! {
        () = choosing => {}
        () = listen(stream, &id, &ledger) => {}
    }
}

async fn choose(api: &Api, id: &str, mut last: Value, seed: &mut Seed, ledger: &Ledger) {
    loop {
        let others: Vec<&str> = STATUSES.into_iter().filter(|status| last != *status).collect();
        let place = usize::try_from(seed.below(others.len() as u64)).expect("a place in a list");
        last = json!(others[place]);
        let register = |change: &mut dyn FnMut(&mut Register)| {
            change(ledger.read().statuses.get_mut(id).expect("it was put there"));
        };
        register(&mut |statuses| statuses.attempt(last.clone()));
        let wish = json!({ "status": last });
        let answer = api.insist(Method::PUT, "/v1/me/status", &[], Some(&wish)).await;
        answer.must_be(200);
        register(&mut |statuses| statuses.acknowledge(&proof(&answer)));
        tokio::time::sleep(REST).await;
    }
}

/// Hears each change once, in the order of the choices.
async fn listen(mut stream: Stream, id: &str, ledger: &Ledger) {
    let (mut ids, mut heard) = (BTreeSet::new(), 0);
    loop {
        let event = stream.next().await;
        assert_ne!(event.kind, "stream.reset_required", "the stream goes on from its cursor");
        if let Some(event_id) = &event.id {
            assert!(ids.insert(event_id.clone()), "{id} heard {event:?} twice");
        }
        // Without an id it tells what they do, not what they chose.
        if event.kind == "agent.status_changed" && event.id.is_some() {
            // What is shown is taken when the event is told: a later choice may show already. Each is told all the same.
            heard += 1;
            let tried = ledger.read().statuses[id].changes().len();
            assert!(heard <= tried, "{id} heard of {heard} changes and tried {tried}");
        }
    }
}
