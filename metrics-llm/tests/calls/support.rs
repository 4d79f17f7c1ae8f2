//! A server that streams a scripted answer over real HTTP, and checks of the recorded metrics.
#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

mod client;

use std::io;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::serve::ListenerExt;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use typed_metrics_core::HistogramSnapshot;
use typed_metrics_core::testing::Captured;
use typed_metrics_llm::{LlmMetrics, Missing, TokenKind};

pub(crate) use client::{ask, capture};

/// A step of the server's script.
#[derive(Clone)]
pub(crate) enum Step {
    /// Waits.
    Pause(u64),
    /// Sends an event.
    Send(Value),
    /// Sends `[DONE]`, which ends a stream.
    Done,
    /// Breaks the connection.
    Cut,
}

/// How the server answers every request.
#[derive(Clone)]
pub(crate) enum Answer {
    Streamed(Vec<Step>),
    Whole(Value),
    Refused(StatusCode),
}

/// The chunk that names the role, as the first chunk of a stream does.
pub(crate) fn role() -> Step {
    chunk(json!({"role": "assistant", "content": ""}), None)
}

pub(crate) fn text(text: &str) -> Step {
    chunk(json!({"content": text}), None)
}

/// The last chunk of the answer itself.
pub(crate) fn stop() -> Step {
    chunk(json!({}), Some("stop"))
}

pub(crate) fn usage(input: u64, output: u64) -> Step {
    Step::Send(json!({
        "id": "a", "object": "chat.completion.chunk", "created": 0, "model": "served-model",
        "choices": [],
        "usage": {
            "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        },
    }))
}

/// Usage with the parts that `OpenAI` reports.
pub(crate) fn detailed() -> Value {
    json!({
        "prompt_tokens": 1200, "completion_tokens": 80, "total_tokens": 1280,
        "prompt_tokens_details": {"cached_tokens": 1000, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 60, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
        },
    })
}

/// A chunk of one choice among several.
pub(crate) fn choice(index: u32, delta: Value, finish_reason: Option<&str>) -> Step {
    Step::Send(json!({
        "id": "a", "object": "chat.completion.chunk", "created": 0, "model": "served-model",
        "choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}],
    }))
}

fn chunk(delta: Value, finish_reason: Option<&str>) -> Step {
    choice(0, delta, finish_reason)
}

/// A response of the Responses API; events contain the same object.
pub(crate) fn state(status: &str, more: Value) -> Value {
    let mut response = json!({
        "id": "resp_1", "object": "response", "created_at": 0, "status": status,
        "model": "served-model", "output": [],
    });
    let Value::Object(more) = more else { panic!("{more}") };
    response.as_object_mut().unwrap().extend(more);
    response
}

/// A chat completion that is not streamed.
pub(crate) fn whole(input: u64, output: u64) -> Answer {
    Answer::Whole(json!({
        "id": "a", "object": "chat.completion", "created": 0, "model": "served-model",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Scattering."},
        }],
        "usage": {
            "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        },
    }))
}

/// Serves `answer` on a free port, and returns the base URL.
pub(crate) async fn serve(answer: Answer) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    // Each event must be sent at once, and not together with the next one.
    let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
    let router = Router::new().fallback(async move || respond(answer.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

fn respond(answer: Answer) -> Response<Body> {
    let (status, content_type, body) = match answer {
        Answer::Streamed(steps) => {
            (StatusCode::OK, "text/event-stream", Body::from_stream(frames(steps)))
        }
        Answer::Whole(value) => (StatusCode::OK, "application/json", value.to_string().into()),
        Answer::Refused(status) => {
            let error = json!({"error": {"message": "not now", "type": "server_error"}});
            (status, "application/json", error.to_string().into())
        }
    };
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, content_type);
    response.body(body).unwrap()
}

fn frames(steps: Vec<Step>) -> impl Stream<Item = io::Result<String>> {
    stream::iter(steps).filter_map(|step| async {
        match step {
            Step::Pause(millis) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                None
            }
            // Events of responses have names, and events of chats have none.
            Step::Send(data) => Some(Ok(match data["type"].as_str() {
                Some(event) => format!("event: {event}\ndata: {data}\n\n"),
                None => format!("data: {data}\n\n"),
            })),
            Step::Done => Some(Ok("data: [DONE]\n\n".to_owned())),
            Step::Cut => {
                // The events sent so far must arrive first.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some(Err(io::ErrorKind::ConnectionReset.into()))
            }
        }
    })
}

/// The four histograms of a model, and an upper limit of the calls' time in seconds.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) input_tokens: HistogramSnapshot,
    pub(crate) prompt_throughput: HistogramSnapshot,
    pub(crate) token_throughput: HistogramSnapshot,
    pub(crate) time_to_first_token: HistogramSnapshot,
    at_most: f64,
}

impl Recorded {
    pub(crate) fn new<R>(seen: &Captured<R>, model: &str, since: Instant) -> Self {
        let prompt = None;
        Self {
            input_tokens: seen.histogram(LlmMetrics::InputTokens { model, prompt }),
            prompt_throughput: seen.histogram(LlmMetrics::PromptThroughput { model, prompt }),
            token_throughput: seen.histogram(LlmMetrics::TokenThroughput { model, prompt }),
            time_to_first_token: seen.histogram(LlmMetrics::TimeToFirstToken { model, prompt }),
            at_most: since.elapsed().as_secs_f64(),
        }
    }

    #[track_caller]
    pub(crate) fn assert_input_tokens(&self, tokens: f64) {
        assert_eq!((self.input_tokens.count, self.input_tokens.sum), (1, tokens));
    }

    /// Asserts one first token that did not arrive before the server can have sent it.
    #[track_caller]
    pub(crate) fn assert_first_token_after(&self, millis: u32) {
        let recorded = &self.time_to_first_token;
        assert_eq!(recorded.count, 1);
        let least = f64::from(millis) / 1e3;
        assert!((least..self.at_most).contains(&recorded.sum), "{} s", recorded.sum);
    }

    /// Asserts one complete answer that did not arrive before the server can have sent it, and the
    /// throughput of `output` tokens in exactly the recorded time.
    #[track_caller]
    pub(crate) fn assert_answered_after(&self, millis: u32, output: Option<f64>) {
        let recorded = &self.prompt_throughput;
        assert_eq!(recorded.count, 1);
        let least = f64::from(millis) / 1e3;
        assert!((least..self.at_most).contains(&recorded.sum), "{} s", recorded.sum);
        let throughput = (self.token_throughput.count, self.token_throughput.sum);
        match output {
            Some(tokens) => assert_eq!(throughput, (1, tokens / recorded.sum)),
            None => assert_eq!(throughput, (0, 0.0)),
        }
    }

    #[track_caller]
    pub(crate) fn assert_not_answered(&self) {
        assert_eq!((self.prompt_throughput.count, self.token_throughput.count), (0, 0));
    }
}

/// The tokens of each kind: input, read from a cache, written to one, output, reasoning.
pub(crate) fn kinds<R>(seen: &Captured<R>, model: &str) -> [u64; 5] {
    use TokenKind::{CacheRead, CacheWrite, Input, Output, Reasoning};
    [Input, CacheRead, CacheWrite, Output, Reasoning]
        .map(|kind| seen.counter(LlmMetrics::LlmTokens { model, prompt: None, kind }))
}

/// The number of calls of a model that lack something.
pub(crate) fn lacking<R>(seen: &Captured<R>, model: &str, missing: Missing) -> u64 {
    seen.counter(LlmMetrics::LlmMissing { model, prompt: None, missing })
}

/// The number of all calls that lack something.
pub(crate) fn lacking_in_all<R>(seen: &Captured<R>) -> f64 {
    let lacking = seen.snapshot.get("llm_missing");
    lacking.map_or(0.0, |calls| calls.series.iter().map(|series| series.value.as_f64()).sum())
}

/// The number of calls of a model that ended with `error_type`.
pub(crate) fn ended<R>(seen: &Captured<R>, model: &str, error_type: Option<&str>) -> u64 {
    seen.counter(LlmMetrics::LlmCalls { model, prompt: None, error_type })
}

/// The number of all calls that ended.
pub(crate) fn ended_in_all<R>(seen: &Captured<R>) -> f64 {
    let calls = seen.snapshot.get("llm_calls");
    calls.map_or(0.0, |calls| calls.series.iter().map(|series| series.value.as_f64()).sum())
}
