//! The destinations that tests export to.
//!
//! [`Receiver`] is an OTLP server in this process: HTTP and gRPC, each on its own port. It keeps
//! every request, and sends the answers that the test sets. It runs on its own thread, so tests
//! can use it with and without an async runtime. No method is async. The documentation of a method
//! says if the method blocks.
//!
//! [`provider`] makes meter providers of the OpenTelemetry SDK, and reads their exports.

mod answer;
mod connection;
mod exemplars;
mod exponential;
mod grpc;
mod http;
pub mod provider;
mod seen;
mod server;
mod totals;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use answer::Answer;
pub use exponential::{Exponential, indexed};
pub use hyper::StatusCode;
pub use seen::{Seen, Transport};
pub use tonic::Code;
pub use totals::{MetricTotal, Total, Totals};

use seen::Record;
use server::Server;

/// The server. Its ports close when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    record: Arc<Record>,
    http: SocketAddr,
    grpc: SocketAddr,
    server: Mutex<Server>,
}

impl Receiver {
    /// Serves on two free ports of 127.0.0.1, and accepts all requests.
    pub fn start() -> Self {
        let record = Arc::new(Record::default());
        let server = Server::bind();
        let (http, grpc) = server.addresses();
        let receiver = Self { record, http, grpc, server: Mutex::new(server) };
        receiver.restart();
        receiver
    }

    /// `http://127.0.0.1:PORT`, to which exporters append `/v1/metrics`. Every path is accepted.
    pub fn http_endpoint(&self) -> String {
        format!("http://{}", self.http)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn grpc_endpoint(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Closes all connections and refuses new ones. The ports stay reserved for this receiver.
    pub fn stop(&self) {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).stop();
    }

    /// Serves again after [`stop`](Self::stop), on the same ports.
    pub fn restart(&self) {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).serve(&self.record);
    }

    /// Sets the answer to all further requests.
    pub fn answer(&self, answer: Answer) {
        self.record.answer(answer);
    }

    /// Sets the answer to all further requests that satisfy a condition.
    pub fn answer_if(&self, is_special: fn(&Seen) -> bool, answer: Answer) {
        self.record.answer_if(is_special, answer);
    }

    /// Queues an answer to the next requests, after the answers that earlier calls have queued.
    pub fn answer_next(&self, requests: usize, answer: Answer) {
        self.record.answer_next(requests, answer);
    }

    /// All requests so far, in the order in which they were read.
    pub fn requests(&self) -> Vec<Seen> {
        self.record.seen()
    }

    /// Forgets all requests so far.
    pub fn clear(&self) {
        self.record.clear();
    }

    /// The totals of the accepted requests.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.requests())
    }

    /// Blocks until this many requests have been read, accepted or not, and returns them.
    ///
    /// # Panics
    /// If the requests do not arrive in time; the message lists the requests that did.
    #[track_caller]
    pub fn wait_for(&self, requests: usize, deadline: Duration) -> Vec<Seen> {
        self.wait_until(deadline, |seen| seen.len() >= requests)
    }

    /// Blocks until the requests satisfy a condition, and returns them.
    ///
    /// # Panics
    /// If the condition does not hold in time; the message lists the requests.
    #[track_caller]
    pub fn wait_until(&self, deadline: Duration, done: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let until = Instant::now() + deadline;
        self.record.wait_until(until, done).unwrap_or_else(|seen| {
            panic!("not within {deadline:?}; {} requests were read: {seen:#?}", seen.len())
        })
    }
}
