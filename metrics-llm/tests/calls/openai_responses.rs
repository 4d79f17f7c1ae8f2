//! Responses with the client `async-openai` and a server that streams over real HTTP.

use std::time::Instant;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::responses::{CreateResponse, CreateResponseArgs};
use futures_util::StreamExt;
use serde_json::{Value, json};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::Measure;

use crate::support::{Answer, Recorded, Step, ended, ended_in_all, kinds, serve, state};

fn client(url: &str) -> Client<OpenAIConfig> {
    Client::with_config(OpenAIConfig::new().with_api_base(url).with_api_key("none"))
}

fn response(model: &str) -> CreateResponse {
    CreateResponseArgs::default().model(model).input("Why?").build().unwrap()
}

fn used() -> Value {
    json!({"usage": {
        "input_tokens": 12, "input_tokens_details": {"cached_tokens": 5},
        "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 3},
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
        stream.map(|item| item.is_ok()).collect().await
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
    assert_eq!(kinds(&seen, "response"), [7, 5, 0, 4, 3]);
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

    assert_eq!(seen.returned, [true; 4]);
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

/// Servers invent codes. No invented code may become a series.
#[tokio::test]
async fn a_code_that_is_not_known_is_no_type_of_its_own() {
    let code = "no_capacity_for_request_4711";
    let failed = json!({"error": {"code": code, "message": "not now"}});
    let client = client(&serve(Answer::Whole(state("failed", failed.clone()))).await);
    let seen = capture_async(client.responses().measured().create(response("made-up"))).await;
    seen.returned.as_ref().unwrap();
    assert_eq!(ended(&seen, "made-up", Some("_OTHER")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);

    let last_events = [
        event("response.failed", 2, json!({"response": state("failed", failed)})),
        event("error", 2, json!({"code": code, "message": "not now", "param": null})),
        event("error", 2, json!({"code": null, "message": "not now", "param": null})),
    ];
    for last in last_events {
        let (seen, recorded) = stream_response("made-up", vec![delta("Ray"), last]).await;
        recorded.assert_not_answered();
        assert_eq!(ended(&seen, "made-up", Some("_OTHER")), 1, "{seen:?}");
        assert_eq!(ended_in_all(&seen), 1.0);
    }
}

#[tokio::test]
async fn an_error_in_a_stream_is_counted_with_its_code() {
    let error = json!({"code": "insufficient_quota", "message": "not now", "param": null});
    // The error in the form that the documentation shows, and in the form that servers send, which
    // the client cannot read.
    for more in [error.clone(), json!({"error": error})] {
        let steps = vec![delta("Ray"), event("error", 2, more)];
        let (seen, recorded) = stream_response("quota", steps).await;
        recorded.assert_first_token_after(0);
        recorded.assert_not_answered();
        assert_eq!(ended(&seen, "quota", Some("insufficient_quota")), 1, "{seen:?}");
        assert_eq!(ended_in_all(&seen), 1.0);
    }
}

#[tokio::test]
async fn what_a_response_used_before_it_failed_is_recorded() {
    let mut more = used();
    more["error"] = json!({"code": "server_error", "message": "not now"});
    let steps = vec![event("response.failed", 0, json!({"response": state("failed", more)}))];
    let (seen, recorded) = stream_response("costly", steps).await;
    recorded.assert_input_tokens(12.0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "costly", Some("server_error")), 1);
}

#[tokio::test]
async fn a_response_in_the_background_is_no_answer_yet() {
    for status in ["queued", "in_progress"] {
        let client = client(&serve(Answer::Whole(state(status, json!({})))).await);
        let start = Instant::now();
        let seen = capture_async(client.responses().measured().create(response("later"))).await;
        seen.returned.as_ref().unwrap();
        Recorded::new(&seen, "later", start).assert_not_answered();
        assert_eq!(ended_in_all(&seen), 0.0);
    }
}

#[tokio::test]
async fn a_response_that_somebody_cancelled_is_cancelled() {
    let client = client(&serve(Answer::Whole(state("cancelled", json!({})))).await);
    let start = Instant::now();
    let seen = capture_async(client.responses().measured().create(response("stopped"))).await;
    Recorded::new(&seen, "stopped", start).assert_not_answered();
    assert_eq!(ended(&seen, "stopped", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_empty_text_is_no_first_token_and_a_call_of_a_tool_is_one() {
    let completed =
        || event("response.completed", 3, json!({"response": state("completed", used())}));
    let steps = vec![delta(""), Step::Pause(60), delta("Ray"), completed()];
    let (_, recorded) = stream_response("empty", steps).await;
    recorded.assert_first_token_after(60);

    let item = json!({
        "type": "function_call", "call_id": "a", "name": "look_up", "arguments": "",
    });
    let tool = event("response.output_item.added", 0, json!({"output_index": 0, "item": item}));
    let (seen, recorded) = stream_response("tool", vec![tool, Step::Pause(250), completed()]).await;
    assert_eq!(seen.returned, [true; 2]);
    recorded.assert_first_token_after(0);
    assert!(recorded.prompt_throughput.sum - recorded.time_to_first_token.sum >= 0.1);
}
