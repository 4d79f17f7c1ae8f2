//! The decoders of answers, and the spool, without threads and without the network: for the targets
//! in `fuzz/`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prost::Message;
use tonic::Code;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

use super::answer::{ExportResponse, Outcome};
use super::grpc::Grpc;
use super::http::Http;
use super::shared::Shared;
use super::state::Life;
use super::transport::Transport;
use crate::lock::lock;
use crate::otlp::config::given::Given;
use crate::otlp::config::protocol::Protocol;
use crate::otlp::config::settings::{Settings, SpoolSettings};
use crate::otlp::config::target::Target;
use crate::otlp::config::vars::Vars;
use crate::otlp::spool::amount::Amount;

/// The answer of a collector, as it comes from the network.
#[derive(Debug)]
pub enum Answer<'a> {
    /// A status, headers and a body.
    Http(u16, &'a [(&'a str, &'a [u8])], &'a [u8]),
    /// A message that is no error.
    Grpc(&'a [u8]),
    /// A code, a message and details.
    GrpcError(i32, &'a str, &'a [u8]),
}

/// What the pipeline makes of an answer.
#[derive(Debug)]
pub struct Sent {
    /// The batch that was sent; empty if its file was missing.
    pub body: Vec<u8>,
    /// Whether the batch is sent again.
    pub is_kept: bool,
    /// The text of the collector and the hints, for messages.
    pub text: String,
    /// The data points that the collector did not take.
    pub rejected: u64,
    /// When the next attempt begins, from now.
    pub pause: Option<Duration>,
}

/// The clients. A client for gRPC has a thread.
#[derive(Debug)]
pub struct Clients {
    headers: HeaderMap,
    http: Http,
    grpc: Grpc,
}

impl Clients {
    /// Clients that send these headers.
    pub fn new(headers: &[(&str, &str)]) -> Self {
        let target = |protocol| target(protocol, headers);
        let headers = target(Protocol::HttpProtobuf).headers;
        let http = Http::new(target(Protocol::HttpProtobuf));
        let grpc = Grpc::new(target(Protocol::Grpc)).expect("the client starts");
        Self { headers, http, grpc }
    }

    fn outcome(&self, answer: &Answer<'_>) -> Option<Outcome> {
        Some(match *answer {
            Answer::Http(status, headers, body) => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(*name, *value);
                }
                let body = Body::builder().data(body);
                self.http.outcome(response.body(body).ok()?)
            }
            Answer::Grpc(message) => match ExportResponse::decode(message) {
                Ok(response) => Outcome::accepted(response, &self.headers),
                Err(error) => self.grpc.outcome(&tonic::Status::internal(error.to_string())),
            },
            Answer::GrpcError(code, message, details) => {
                let (code, details) = (Code::from_i32(code), details.to_vec().into());
                self.grpc.outcome(&tonic::Status::with_details(code, message, details))
            }
        })
    }
}

fn target(protocol: Protocol, headers: &[(&str, &str)]) -> Target {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let (protocol, headers) = (Some(protocol), headers.collect());
    let given = Given { protocol, headers, ..Given::default() };
    let settings = Settings::read(given, &Vars(&|_| None));
    settings.expect("the settings are right").expect("nothing is disabled").target
}

/// A spool with the state of a sender.
#[derive(Debug)]
pub struct Pipeline(Shared);

impl Pipeline {
    /// Opens a spool in memory, or in a folder.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(folder: Option<PathBuf>, limit: u64) -> Result<Self, String> {
        let spool = SpoolSettings { folder, limit, stuck_after: Duration::ZERO };
        Shared::open("http://localhost:4318/v1/metrics".into(), &spool).map(Self)
    }

    /// Appends a batch.
    pub fn push(&self, body: &[u8], points: u64) {
        self.0.lock().queue.push(body.into(), points);
    }

    /// Does one piece of work on the files; false if there is none.
    pub fn work_on_file(&self) -> bool {
        let Some(folder) = &self.0.folder else { return false };
        let Ok(work) = self.0.lock().queue.next_work(Instant::now()) else { return false };
        self.0.work_on_file(folder, work);
        true
    }

    /// The batches and data points that wait.
    pub fn waiting(&self) -> (u64, u64) {
        let Amount { batches, points } = self.0.lock().queue.waiting();
        (batches, points)
    }

    /// The batches and data points that are in the folder.
    pub fn kept(&self) -> (u64, u64) {
        let state = self.0.lock();
        let (waiting, volatile) = (state.queue.waiting(), state.queue.volatile());
        (waiting.batches - volatile.batches, waiting.points - volatile.points)
    }

    /// Sends the next batch, which gets this answer. `None` if no batch waits, or if the answer
    /// cannot come from the network.
    pub fn send(&self, clients: &Clients, answer: &Answer<'_>) -> Option<Sent> {
        let outcome = clients.outcome(answer)?;
        if self.waiting().0 == 0 {
            return None;
        }
        {
            let mut state = self.0.lock();
            (state.pause, state.asked) = (None, None);
        }
        let (text, rejected, is_kept) = match &outcome {
            Outcome::Accepted { rejected, message } => (message.clone(), *rejected, false),
            Outcome::Refused(reason) => (reason.clone(), 0, false),
            Outcome::Retry { reason, .. } => (reason.clone(), 0, true),
        };
        let sent = Arc::new(Mutex::new(Vec::new()));
        let begin = Instant::now();
        let mut transport = Answered { outcome: Some(outcome), sent: Arc::clone(&sent) };
        // Files that are missing leave the queue. With the last one, there is nothing to send.
        self.0.lock().life = Life::Ending;
        self.0.step(&mut transport);
        let mut state = self.0.lock();
        state.life = Life::Running;
        let pause = state.resume().map(|resume| resume.saturating_duration_since(begin));
        let body = std::mem::take(&mut *lock(&sent));
        Some(Sent { body, is_kept, text, rejected, pause })
    }
}

/// A transport with one answer.
#[derive(Debug)]
struct Answered {
    outcome: Option<Outcome>,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Transport for Answered {
    fn send(&mut self, body: &[u8]) -> Outcome {
        *lock(&self.sent) = body.to_vec();
        self.outcome.take().expect("a step sends once")
    }
}
