//! Messages made durable through the whole engine: customers write, one message in flight each.

use crate::rules::Rules;
use hark_core::command::{RequestChat, SendMessage};
use hark_core::setup::{QueueSetup, Setup};
use hark_core::state::{Form, MessageKind, Side};
use hark_core::{Action, Actor, Reply};
use hark_runtime::{Handle, Options, Runtime};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long one measurement runs.
const RUN: Duration = Duration::from_millis(1500);
/// Messages in flight when the engine's throughput is measured, here as in `cargo bench -p hark-runtime --bench durable`.
pub(crate) const IN_FLIGHT: usize = 64;
/// So many that the disk is waited for the least, for information.
pub(crate) const MANY: usize = 256;
/// Messages of a chat.
const MESSAGES: u32 = 40;
/// Text of a message: as long as the median of real service messages, and a little more.
const TEXT: &str = "I found two flights, the first leaves at 9:15 am. Shall I book it for you?";

/// Messages a second with these rules and so many in flight.
pub(crate) fn per_second(rules: Rules, in_flight: usize) -> f64 {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    executor.expect("tokio starts").block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (runtime, desk) = Runtime::open(Options::new(folder.path(), rules)).expect("the engine opens");
        let queues = BTreeMap::from([("support".to_owned(), QueueSetup::default())]);
        let setup = Action::Configure(Box::new(Setup { queues, ..Setup::default() }));
        desk.submit(Actor::Engine, setup, None).await.expect("taken");
        let begun = Instant::now();
        let writers: Vec<_> =
            (0..in_flight).map(|_| tokio::spawn(write(desk.clone(), begun + RUN))).collect();
        let mut written = 0;
        for writer in writers {
            written += writer.await.expect("a writer ends well");
        }
        let took = begun.elapsed();
        runtime.stop();
        f64::from(written) / took.as_secs_f64()
    })
}

async fn write(desk: Handle, end: Instant) -> u32 {
    let mut written = 0;
    while Instant::now() < end {
        let form = Form { name: "Maria".to_owned(), language: Some("de".to_owned()), ..Form::default() };
        let request = RequestChat { form, queue: None, watched: false };
        let done =
            desk.submit(Actor::Engine, Action::RequestChat(Box::new(request)), None).await.expect("taken");
        let Reply::Chat(chat) = done.reply else { panic!("a chat was made") };
        let customer = Actor::Customer { chat_id: chat };
        for number in 0..MESSAGES {
            let (client_id, text, kind) = (format!("client-{number}"), TEXT.to_owned(), MessageKind::Text);
            let message = SendMessage { chat, from: Side::Customer, client_id, text, kind };
            desk.submit(customer.clone(), Action::SendMessage(message), None).await.expect("taken");
            written += 1;
        }
        desk.submit(customer, Action::EndChat(chat), None).await.expect("taken");
    }
    written
}
