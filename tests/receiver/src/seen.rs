use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::HeaderMap;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;

use crate::Answer;

/// The transport of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// OTLP over HTTP.
    Http,
    /// OTLP over gRPC.
    Grpc,
}

/// A request that was read completely.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The transport of the request.
    pub transport: Transport,
    /// The path of its URL.
    pub path: String,
    /// The headers by lower-case name, including gRPC metadata. Several values of one name are
    /// joined by commas.
    pub headers: BTreeMap<String, String>,
    /// `gzip`, or `identity` if the request was not compressed.
    pub encoding: String,
    /// The decoded body.
    pub body: ExportMetricsServiceRequest,
    /// The reason why the body could not be decoded. In this case `body` is empty, and the request
    /// was refused.
    pub malformed: Option<String>,
    /// Whether the request was accepted. A slow answer sets this when it is sent.
    pub accepted: bool,
    /// When the request was read.
    pub at: Instant,
}

impl Seen {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The names of the metrics that have points in the request.
    pub fn metrics(&self) -> Vec<&str> {
        let resources = self.body.resource_metrics.iter();
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        scopes.flat_map(|scope| &scope.metrics).map(|metric| metric.name.as_str()).collect()
    }
}

pub(crate) fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        texts
            .entry(name.as_str().to_owned())
            .and_modify(|text| *text = format!("{text},{value}"))
            .or_insert_with(|| value.into_owned());
    }
    texts
}

/// The requests and the next answers, which outlive a stop and a restart of the receiver.
#[derive(Debug, Default)]
pub(crate) struct Record {
    state: Mutex<State>,
    changed: Condvar,
}

/// A condition on requests.
type Condition = fn(&Seen) -> bool;

#[derive(Debug)]
struct State {
    seen: Vec<Seen>,
    /// How often `seen` was cleared. A slow answer compares this number, because its request may be
    /// gone.
    cleared: usize,
    next: VecDeque<Answer>,
    always: Answer,
    /// The answer to the requests that satisfy a condition, before all other answers.
    special: Option<(Condition, Answer)>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            seen: Vec::new(),
            cleared: 0,
            next: VecDeque::new(),
            always: Answer::Ok,
            special: None,
        }
    }
}

impl Record {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn answer(&self, answer: Answer) {
        let mut state = self.lock();
        state.next.clear();
        state.always = answer;
    }

    pub(crate) fn answer_if(&self, is_special: Condition, answer: Answer) {
        self.lock().special = Some((is_special, answer));
    }

    pub(crate) fn answer_next(&self, requests: usize, answer: Answer) {
        self.lock().next.extend(std::iter::repeat_n(answer, requests));
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.seen.clear();
        state.cleared += 1;
    }

    /// Records a request, and returns the answer when the answer is due.
    pub(crate) async fn take(&self, mut seen: Seen) -> Answer {
        let (answer, index, cleared) = {
            let mut state = self.lock();
            let answer = match &seen.malformed {
                Some(why) => {
                    Answer::code(tonic::Code::InvalidArgument, format!("not readable: {why}"))
                }
                None => match &state.special {
                    Some((is_special, answer)) if is_special(&seen) => answer.clone(),
                    _ => state.next.pop_front().unwrap_or_else(|| state.always.clone()),
                },
            };
            seen.accepted = answer.accepts();
            state.seen.push(seen);
            (answer, state.seen.len() - 1, state.cleared)
        };
        self.changed.notify_all();
        let Answer::Slow(delay) = answer else { return answer };
        // If the client disconnects, this future is dropped here.
        tokio::time::sleep(delay).await;
        let mut state = self.lock();
        if state.cleared == cleared {
            state.seen[index].accepted = true;
        }
        drop(state);
        self.changed.notify_all();
        Answer::Ok
    }

    /// Blocks until the requests satisfy the condition, and returns the requests. If the condition
    /// does not hold in time, the requests are the error.
    pub(crate) fn wait_until(
        &self,
        until: Instant,
        done: impl Fn(&[Seen]) -> bool,
    ) -> Result<Vec<Seen>, Vec<Seen>> {
        let mut state = self.lock();
        while !done(&state.seen) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(state.seen.clone());
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(state.seen.clone())
    }
}
