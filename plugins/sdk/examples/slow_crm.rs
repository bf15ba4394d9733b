//! The asynchronous way: a look-up is answered by another thread, everything else at once. The name in the request
//! chooses the behaviour, so that a test can see each promise of the SDK kept. It keeps no customers.
#![forbid(unsafe_code)]

use hark_plugin_sdk::crm::{self, Crm, Customer, GetRequest, LOOKUP, LookupAnswer, LookupRequest};
use hark_plugin_sdk::{Call, Failure, Health, Host, Json, Manifest, Plugin, Responder, Service, export};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

struct SlowCrm {
    work: Option<Sender<(LookupRequest, Responder)>>,
    worker: Option<JoinHandle<()>>,
}

impl Plugin for SlowCrm {
    fn manifest() -> Manifest {
        Manifest::new("slow-crm", "1.0.0").blocking(false).capabilities(crm::OPERATIONS.iter().copied())
    }

    fn create(config: Json, host: Host) -> Result<Self, Failure> {
        match config["fail"].as_str() {
            Some("panic") => panic!("asked to panic"),
            Some(why) => return Err(Failure::unavailable(why)),
            None => {}
        }
        let (work, jobs) = channel::<(LookupRequest, Responder)>();
        let worker = std::thread::spawn(move || {
            for (request, responder) in jobs {
                answer(&request, responder);
            }
            host.info("the worker is done");
        });
        Ok(Self { work: Some(work), worker: Some(worker) })
    }

    fn health(&self) -> Health {
        Health::Unavailable("è".repeat(1000))
    }
}

/// Answers on the worker's thread; `cancel` waits until nobody wants the answer, `forget` drops the right to answer.
fn answer(request: &LookupRequest, responder: Responder) {
    match request.name.as_deref() {
        Some("forget") => drop(responder),
        Some("cancel") => {
            while !responder.is_cancelled() {
                std::thread::yield_now();
            }
            responder.fail(&Failure::Cancelled("nobody waits".to_owned()));
        }
        _ => responder.answer(&LookupAnswer::default()),
    }
}

impl Drop for SlowCrm {
    fn drop(&mut self) {
        drop(self.work.take());
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

impl Crm for SlowCrm {
    fn get(&self, request: GetRequest) -> Result<Customer, Failure> {
        if request.id == "panic" {
            panic!("no customer {}", request.id);
        }
        Err(Failure::not_found(format!("there is no customer {}", request.id)))
    }
}

impl Service for SlowCrm {
    fn call(&self, call: Call<'_>) {
        if call.operation() != LOOKUP {
            return crm::dispatch(self, call);
        }
        let request = match call.request() {
            Ok(request) => request,
            Err(failure) => return call.fail(&failure),
        };
        if let Some(work) = &self.work {
            // A worker that is gone drops the responder, which answers `internal`.
            let _ = work.send((request, call.into_responder()));
        }
    }
}

export!(SlowCrm: service);
