use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::HeaderMap;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;

use crate::Answer;

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By HTTP.
    Http,
    /// By gRPC.
    Grpc,
}

/// A request that was read to its end.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How it came.
    pub transport: Transport,
    /// The path of its URL.
    pub path: String,
    /// By their names in lower case, several of one name joined by commas; gRPC's metadata too.
    pub headers: BTreeMap<String, String>,
    /// `gzip`, or `identity` if it was not compressed.
    pub encoding: String,
    /// What it asks for.
    pub body: ExportMetricsServiceRequest,
    /// Why the body could not be read; it is empty then, and the request was refused.
    pub malformed: Option<String>,
    /// Whether it counts as delivered. One that is answered slowly does from its answer on.
    pub accepted: bool,
    /// When it was read.
    pub at: Instant,
}

impl Seen {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The names of the metrics that have points in it.
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

/// What was read and what is to be answered, over all starts of a receiver.
#[derive(Debug, Default)]
pub(crate) struct Record {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    seen: Vec<Seen>,
    /// How often `seen` was cleared: a slow answer may be for a request of before.
    cleared: usize,
    next: VecDeque<Answer>,
    always: Answer,
}

impl Default for State {
    fn default() -> Self {
        Self { seen: Vec::new(), cleared: 0, next: VecDeque::new(), always: Answer::Ok }
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

    /// Keeps a request and gives its answer, when it is time for it.
    pub(crate) async fn take(&self, mut seen: Seen) -> Answer {
        let (answer, index, cleared) = {
            let mut state = self.lock();
            let answer = match &seen.malformed {
                Some(why) => {
                    Answer::code(tonic::Code::InvalidArgument, format!("not readable: {why}"))
                }
                None => state.next.pop_front().unwrap_or_else(|| state.always.clone()),
            };
            seen.accepted = answer.accepts();
            state.seen.push(seen);
            (answer, state.seen.len() - 1, state.cleared)
        };
        self.changed.notify_all();
        let Answer::Slow(delay) = answer else { return answer };
        // Dropped here when the client goes.
        tokio::time::sleep(delay).await;
        let mut state = self.lock();
        if state.cleared == cleared {
            state.seen[index].accepted = true;
        }
        drop(state);
        self.changed.notify_all();
        Answer::Ok
    }

    /// What was read, once the condition holds; as the error if it does not in time.
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
