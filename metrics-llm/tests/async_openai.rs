//! The client `async-openai`, against a server that streams over real HTTP.

#![allow(clippy::float_cmp, reason = "what is exact is compared exactly")]
#![allow(clippy::large_futures, reason = "those of the client are")]

mod support;

use std::time::Instant;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{CreateChatCompletionRequest, CreateChatCompletionRequestArgs};
use async_openai::types::responses::{CreateResponse, CreateResponseArgs};
use axum::http::StatusCode;
use futures_util::StreamExt;
use serde_json::{Value, json};
use support::{Answer, Recorded, Step, ended, ended_in_all, role, serve, stop, text, usage};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{LlmMetrics, Measure};

fn client(url: &str) -> Client<OpenAIConfig> {
    Client::with_config(OpenAIConfig::new().with_api_base(url).with_api_key("none"))
}

fn chat(model: &str) -> CreateChatCompletionRequest {
    CreateChatCompletionRequestArgs::default().model(model).messages([]).build().unwrap()
}

fn response(model: &str) -> CreateResponse {
    CreateResponseArgs::default().model(model).input("Why?").build().unwrap()
}

/// What a streamed chat's items were, and what was recorded of it.
async fn stream_chat(model: &str, steps: Vec<Step>) -> (Captured<Vec<bool>>, Recorded) {
    let client = client(&serve(Answer::Streamed(steps)).await);
    let start = Instant::now();
    let seen = capture_async(async {
        let stream = client.chat().measured().create_stream(chat(model)).await.unwrap();
        stream.map(|item| item.is_ok()).collect().await
    })
    .await;
    let recorded = Recorded::new(&seen, model, start);
    (seen, recorded)
}

#[tokio::test]
async fn a_chat_is_recorded() {
    let client = client(&serve(support::whole(12, 7)).await);
    let start = Instant::now();
    let seen = capture_async(client.chat().measured().create(chat("chat"))).await;
    let recorded = Recorded::new(&seen, "chat", start);

    assert_eq!(seen.returned.as_ref().unwrap().usage.as_ref().unwrap().total_tokens, 19);
    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "chat", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_prompt_that_is_named_is_a_label() {
    let client = client(&serve(support::whole(12, 7)).await);
    let measured = client.chat().measured().prompt("summary");
    let seen = capture_async(measured.create(chat("named"))).await;
    let metric = LlmMetrics::InputTokens { model: "named", prompt: Some("summary") };
    assert_eq!(seen.histogram(metric).sum, 12.0);
}

#[tokio::test]
async fn an_error_is_counted_with_the_status() {
    let client = client(&serve(Answer::Refused(StatusCode::BAD_REQUEST)).await);
    let start = Instant::now();
    let seen = capture_async(client.chat().measured().create(chat("bad"))).await;
    let recorded = Recorded::new(&seen, "bad", start);

    assert!(matches!(seen.returned, Err(OpenAIError::ApiError(_))), "{:?}", seen.returned);
    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "bad", Some("400")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_counted_as_such() {
    // Nobody listens on the port of a listener that is gone.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let client = client(&format!("http://{}/v1", listener.local_addr().unwrap()));
    drop(listener);
    let seen = capture_async(async {
        client.chat().measured().create_stream(chat("gone")).await.map(drop).unwrap_err()
    })
    .await;
    assert!(matches!(seen.returned, OpenAIError::Reqwest(_)), "{:?}", seen.returned);
    assert_eq!(ended(&seen, "gone", Some("connect")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_chat_is_recorded() {
    let steps = vec![role(), Step::Pause(60), text("Ray"), stop(), usage(12, 7), Step::Done];
    let (seen, recorded) = stream_chat("streamed", steps).await;

    assert_eq!(seen.returned, [true; 4]);
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(7.0));
    assert_eq!(ended(&seen, "streamed", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_chat_that_breaks_is_an_error() {
    let (seen, recorded) = stream_chat("broken", vec![role(), text("Ray"), Step::Cut]).await;

    assert_eq!(seen.returned, [true, true, false]);
    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "broken", Some("transport")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_chat_that_never_says_that_it_is_whole_is_truncated() {
    let (seen, recorded) = stream_chat("half", vec![role(), text("Ray")]).await;

    assert_eq!(seen.returned, [true, true]);
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "half", Some("truncated")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

/// A response of the Responses API, as it is in events and by itself.
fn state(status: &str, more: Value) -> Value {
    let mut response = json!({
        "id": "resp_1", "object": "response", "created_at": 0, "status": status,
        "model": "served-model", "output": [],
    });
    let Value::Object(more) = more else { panic!("{more}") };
    response.as_object_mut().unwrap().extend(more);
    response
}

fn used() -> Value {
    json!({"usage": {
        "input_tokens": 12, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 19,
    }})
}

fn event(kind: &str, number: u64, more: Value) -> Step {
    let mut event = json!({"type": kind, "sequence_number": number});
    let Value::Object(more) = more else { panic!("{more}") };
    event.as_object_mut().unwrap().extend(more);
    Step::Send(event)
}

fn delta(text: &str) -> Step {
    let more = json!({
        "item_id": "item", "output_index": 0, "content_index": 0, "delta": text, "logprobs": [],
    });
    event("response.output_text.delta", 1, more)
}

async fn stream_response(model: &str, steps: Vec<Step>) -> (Captured<Vec<bool>>, Recorded) {
    let client = client(&serve(Answer::Streamed(steps)).await);
    let start = Instant::now();
    let seen = capture_async(async {
        let stream = client.responses().measured().create_stream(response(model)).await.unwrap();
        let items: Vec<_> = stream.collect().await;
        assert!(items.iter().all(Result::is_ok), "{items:?}");
        items.iter().map(Result::is_ok).collect()
    })
    .await;
    let recorded = Recorded::new(&seen, model, start);
    (seen, recorded)
}

#[tokio::test]
async fn a_response_is_recorded() {
    let client = client(&serve(Answer::Whole(state("completed", used()))).await);
    let start = Instant::now();
    let seen = capture_async(client.responses().measured().create(response("response"))).await;
    let recorded = Recorded::new(&seen, "response", start);

    seen.returned.as_ref().unwrap();
    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "response", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_response_that_failed_is_counted_with_its_code() {
    let error = json!({"error": {"code": "rate_limit_exceeded", "message": "not now"}});
    let client = client(&serve(Answer::Whole(state("failed", error))).await);
    let seen = capture_async(client.responses().measured().create(response("failed"))).await;

    seen.returned.as_ref().unwrap();
    assert_eq!(ended(&seen, "failed", Some("rate_limit_exceeded")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_response_is_recorded() {
    let steps = vec![
        event("response.created", 0, json!({"response": state("in_progress", json!({}))})),
        Step::Pause(60),
        delta("Ray"),
        delta("leigh"),
        event("response.completed", 3, json!({"response": state("completed", used())})),
    ];
    let (seen, recorded) = stream_response("streamed-response", steps).await;

    assert_eq!(seen.returned.len(), 4);
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(7.0));
    assert_eq!(ended(&seen, "streamed-response", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_response_that_fails_is_counted_with_its_code() {
    let error = json!({"error": {"code": "server_error", "message": "not now"}});
    let steps = vec![
        delta("Ray"),
        event("response.failed", 2, json!({"response": state("failed", error)})),
    ];
    let (seen, recorded) = stream_response("failing-response", steps).await;

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "failing-response", Some("server_error")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}
