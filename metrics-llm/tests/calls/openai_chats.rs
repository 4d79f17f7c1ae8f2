//! Chats with the client `async-openai` and a server that streams over real HTTP.

use std::time::Instant;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{CreateChatCompletionRequest, CreateChatCompletionRequestArgs};
use axum::http::StatusCode;
use futures_util::StreamExt;
use serde_json::json;
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{LlmMetrics, Measure, Missing, PriceTable, Prices};

use crate::support::{
    Answer, Recorded, Step, choice, detailed, ended, ended_in_all, kinds, lacking, lacking_in_all,
    role, serve, stop, text, usage,
};

fn client(url: &str) -> Client<OpenAIConfig> {
    Client::with_config(OpenAIConfig::new().with_api_base(url).with_api_key("none"))
}

fn chat(model: &str) -> CreateChatCompletionRequest {
    CreateChatCompletionRequestArgs::default().model(model).messages([]).build().unwrap()
}

/// Returns the items of a streamed chat and the recorded metrics.
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
    let client = client(&serve(crate::support::whole(12, 7)).await);
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
    let client = client(&serve(crate::support::whole(12, 7)).await);
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
    // Nothing listens on the port of a dropped listener.
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

/// Requests a streamed chat with two choices, and reads `items` items.
async fn stream_two(model: &str, items: usize, steps: Vec<Step>) -> (Captured<usize>, Recorded) {
    let client = client(&serve(Answer::Streamed(steps)).await);
    let mut request = chat(model);
    request.n = Some(2);
    let start = Instant::now();
    let seen = capture_async(async {
        let stream = client.chat().measured().create_stream(request).await.unwrap();
        stream.take(items).count().await
    })
    .await;
    let recorded = Recorded::new(&seen, model, start);
    (seen, recorded)
}

fn content(index: u32, text: &str) -> Step {
    choice(index, json!({"content": text}), None)
}

fn stop_of(index: u32) -> Step {
    choice(index, json!({}), Some("stop"))
}

#[tokio::test]
async fn an_answer_of_two_choices_is_whole_when_both_have_ended() {
    let steps = vec![
        content(0, "Ray"),
        stop_of(0),
        Step::Pause(60),
        content(1, "leigh"),
        stop_of(1),
        usage(12, 7),
        Step::Done,
    ];
    let (seen, recorded) = stream_two("two", usize::MAX, steps).await;
    recorded.assert_input_tokens(12.0);
    recorded.assert_answered_after(60, Some(7.0));
    assert_eq!(ended(&seen, "two", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_stops_reading_after_the_first_of_two_choices_has_cancelled_the_call() {
    let steps = vec![content(0, "Ray"), stop_of(0), content(1, "leigh"), Step::Pause(60_000)];
    let (seen, recorded) = stream_two("first-of-two", 2, steps).await;
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "first-of-two", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_answer_that_ends_within_the_second_of_two_choices_is_truncated() {
    let steps = vec![content(0, "Ray"), stop_of(0), content(1, "lei")];
    let (seen, recorded) = stream_two("half-of-two", usize::MAX, steps).await;
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "half-of-two", Some("truncated")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn chunks_without_content_are_no_first_token() {
    let silent = [
        // Azure's streams begin with this event.
        Step::Send(json!({
            "id": "", "object": "", "created": 0, "model": "", "choices": [],
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}],
        })),
        role(),
        text(""),
        choice(0, json!({"tool_calls": []}), None),
        choice(0, json!({"audio": {"id": "audio_1"}}), None),
    ];
    let mut steps = silent.to_vec();
    steps.extend([Step::Pause(60), text("Ray"), stop(), Step::Done]);
    let (seen, recorded) = stream_chat("silent", steps).await;
    assert_eq!(seen.returned, [true; 7]);
    recorded.assert_first_token_after(60);
}

#[tokio::test]
async fn whatever_content_comes_first_is_the_first_token() {
    let contents = [
        ("refusal", json!({"refusal": "No"})),
        ("tool", json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "look_up"}}]})),
        ("function", json!({"function_call": {"name": "look_up", "arguments": ""}})),
        ("audio", json!({"audio": {"id": "audio_1", "data": "AAAA"}})),
    ];
    for (model, delta) in contents {
        let steps = vec![role(), choice(0, delta, None), Step::Pause(250), stop(), Step::Done];
        let (_, recorded) = stream_chat(model, steps).await;
        recorded.assert_first_token_after(0);
        let (first, whole) = (recorded.time_to_first_token.sum, recorded.prompt_throughput.sum);
        assert!(whole - first >= 0.1, "{model}: {first} of {whole} s");
    }
}

/// vLLM sends the tokens so far with every chunk, if the request asks for continuous usage.
#[tokio::test]
async fn a_count_with_every_chunk_is_the_last_one() {
    let steps = vec![usage(12, 0), text("Ray"), usage(12, 1), stop(), usage(12, 7), Step::Done];
    let (seen, recorded) = stream_chat("counting", steps).await;
    recorded.assert_input_tokens(12.0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "counting", None), 1);
}

#[tokio::test]
async fn an_error_in_a_stream_is_counted_with_its_code() {
    let errors = [
        (json!({"code": "server_is_overloaded", "message": "not now"}), "server_is_overloaded"),
        (json!({"code": 502, "message": "try node 4711"}), "_OTHER"),
    ];
    for (error, error_type) in errors {
        let steps = vec![role(), text("Ray"), Step::Send(json!({"error": error})), Step::Done];
        let (seen, recorded) = stream_chat("failing", steps).await;
        assert_eq!(seen.returned, [true, true, false]);
        recorded.assert_not_answered();
        assert_eq!(ended(&seen, "failing", Some(error_type)), 1, "{seen:?}");
        assert_eq!(ended_in_all(&seen), 1.0);
    }
}

#[tokio::test]
async fn what_is_no_chunk_and_no_error_is_an_invalid_response() {
    let (seen, _) = stream_chat("odd", vec![role(), Step::Send(json!({"odd": 1}))]).await;
    assert_eq!(seen.returned, [true, false]);
    assert_eq!(ended(&seen, "odd", Some("invalid_response")), 1);
}

#[tokio::test]
async fn cached_tokens_and_tokens_of_reasoning_are_recorded_with_their_cost() {
    let answer = Answer::Whole(json!({
        "id": "a", "object": "chat.completion", "created": 0, "model": "served-model",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Scattering."},
        }],
        "usage": detailed(),
    }));
    let client = client(&serve(answer).await);
    let prices =
        PriceTable::new("USD", [("detailed", Prices::new(1.25, 10).cache_read(0.125))]).unwrap();
    let measured = client.chat().measured().prices(&prices);
    let seen = capture_async(measured.create(chat("detailed"))).await;
    seen.returned.as_ref().unwrap();
    assert_eq!(kinds(&seen, "detailed"), [200, 1000, 0, 20, 60]);
    let cost = LlmMetrics::LlmCallCost { model: "detailed", prompt: None, currency: "USD" };
    assert_eq!(seen.histogram(cost).sum, 0.001_175);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

/// Reads a streamed chat up to its `finish_reason`, waits, and drops the stream.
async fn stop_at_finish_reason(model: &str, steps: Vec<Step>, wait: u64) -> Captured<usize> {
    let client = client(&serve(Answer::Streamed(steps)).await);
    capture_async(async {
        let mut stream = client.chat().measured().create_stream(chat(model)).await.unwrap();
        let mut items = 1;
        while stream.next().await.unwrap().unwrap().choices[0].finish_reason.is_none() {
            items += 1;
        }
        tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
        items
    })
    .await
}

#[tokio::test]
async fn who_stops_at_the_finish_reason_has_the_tokens_that_came() {
    // The program uses the answer before it drops the stream, and the tokens arrive meanwhile.
    let steps = vec![role(), text("Ray"), stop(), Step::Pause(60), usage(12, 7), Step::Done];
    let seen = stop_at_finish_reason("stopped", steps, 400).await;
    assert_eq!(seen.returned, 3);
    assert_eq!(kinds(&seen, "stopped"), [12, 0, 0, 7, 0]);
    assert_eq!(ended(&seen, "stopped", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[tokio::test]
async fn who_stops_at_the_finish_reason_lacks_the_tokens_that_did_not_come() {
    let late = vec![role(), text("Ray"), stop(), Step::Pause(60_000), usage(12, 7), Step::Done];
    let seen = stop_at_finish_reason("late", late, 20).await;
    assert_eq!(seen.returned, 3);
    assert_eq!(kinds(&seen, "late"), [0; 5]);
    assert_eq!(ended(&seen, "late", None), 1);
    assert_eq!(lacking(&seen, "late", Missing::Tokens), 1);
    assert_eq!(lacking_in_all(&seen), 1.0);
}
