//! Chats and embeddings with the client `genai` and a server that streams over real HTTP.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures_util::StreamExt;
use genai::adapter::AdapterKind;
use genai::chat::{ChatOptions, ChatRequest, ChatStreamEvent};
use genai::resolver::{AuthData, Endpoint};
use genai::{Client, ModelIden, ServiceTarget};
use serde_json::json;
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{GenAi, GenAiMetrics, GenAiRequest, Measure, Missing};

use crate::support::{
    Answer, Recorded, Step, choice, detailed, ended, ended_in_all, kinds, lacking, lacking_in_all,
    role, serve, stop, text, usage,
};

/// The model `name` of a server at `url`, which has the protocol of a provider.
fn target(kind: AdapterKind, url: &str, name: &str) -> ServiceTarget {
    ServiceTarget {
        endpoint: Endpoint::from_owned(format!("{url}/")),
        auth: AuthData::from_single("none"),
        model: ModelIden::new(kind, name.to_owned()),
    }
}

fn why() -> ChatRequest {
    ChatRequest::from_user("Why?")
}

/// Returns the items of a streamed answer and the recorded metrics.
async fn stream(name: &str, steps: Vec<Step>, usage: bool) -> (Captured<Vec<bool>>, Recorded) {
    let target = target(AdapterKind::OpenAI, &serve(Answer::Streamed(steps)).await, name);
    let client = Client::new().unwrap().measured();
    let options = ChatOptions::default().with_capture_usage(usage);
    let start = Instant::now();
    let seen = capture_async(async {
        let answer = client.exec_chat_stream(target, why(), Some(&options)).await.unwrap();
        answer.stream.map(|item| item.is_ok()).collect().await
    })
    .await;
    let recorded = Recorded::new(&seen, name, start);
    (seen, recorded)
}

#[tokio::test]
async fn a_chat_is_recorded() {
    let url = serve(Answer::Whole(json!({
        "id": "a", "object": "chat.completion", "created": 0, "model": "served-model",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Scattering."},
        }],
        "usage": detailed(),
    })))
    .await;
    let client = Client::new().unwrap().measured();
    let start = Instant::now();
    let target = target(AdapterKind::OpenAI, &url, "openai::chat");
    let seen = capture_async(client.exec_chat(target, why(), None)).await;
    let recorded = Recorded::new(&seen, "chat", start);

    assert_eq!(seen.returned.as_ref().unwrap().first_text(), Some("Scattering."));
    recorded.assert_input_tokens(1200.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(80.0));
    assert_eq!(kinds(&seen, "chat"), [200, 1000, 0, 20, 60]);
    assert_eq!(ended(&seen, "chat", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

/// Anthropic reports the cached tokens beside the input, and the client adds them up.
#[tokio::test]
async fn a_message_of_anthropic_is_recorded() {
    let url = serve(Answer::Whole(json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "served-model",
        "content": [{"type": "text", "text": "Scattering."}],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {
            "input_tokens": 50, "output_tokens": 80,
            "cache_creation_input_tokens": 150, "cache_read_input_tokens": 1000,
        },
    })))
    .await;
    let client = Client::new().unwrap().measured();
    let target = target(AdapterKind::Anthropic, &url, "claude");
    let seen = capture_async(client.exec_chat(target, why(), None)).await;

    seen.returned.as_ref().unwrap();
    assert_eq!(kinds(&seen, "claude"), [50, 1000, 150, 80, 0]);
    assert_eq!(ended(&seen, "claude", None), 1);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[tokio::test]
async fn an_error_is_counted_with_the_status() {
    let url = serve(Answer::Refused(StatusCode::TOO_MANY_REQUESTS)).await;
    let client = Client::new().unwrap().measured();
    let target = target(AdapterKind::OpenAI, &url, "refused");
    let seen = capture_async(client.exec_chat(target.clone(), why(), None)).await;
    seen.returned.as_ref().unwrap_err();
    assert_eq!(ended(&seen, "refused", Some("429")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);

    let seen = capture_async(async {
        let answer = client.exec_chat_stream(target, why(), None).await.unwrap();
        answer.stream.map(|item| item.is_ok()).collect::<Vec<_>>().await
    })
    .await;
    assert!(seen.returned.contains(&false), "{:?}", seen.returned);
    assert_eq!(ended(&seen, "refused", Some("429")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_counted_as_such() {
    // Nothing listens on the port of a dropped listener.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new().unwrap().measured();
    let target = target(AdapterKind::OpenAI, &url, "gone");
    let seen = capture_async(client.exec_chat(target.clone(), why(), None)).await;
    seen.returned.as_ref().unwrap_err();
    assert_eq!(ended(&seen, "gone", Some("connect")), 1, "{seen:?}");

    let seen = capture_async(async {
        let answer = client.exec_chat_stream(target, why(), None).await.unwrap();
        answer.stream.count().await
    })
    .await;
    assert_eq!(ended(&seen, "gone", Some("connect")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_chat_is_recorded() {
    let used = Step::Send(json!({
        "id": "a", "object": "chat.completion.chunk", "created": 0, "model": "served-model",
        "choices": [], "usage": detailed(),
    }));
    let steps = vec![role(), Step::Pause(60), text("Ray"), text("leigh"), stop(), used, Step::Done];
    let (seen, recorded) = stream("streamed", steps, true).await;

    assert!(seen.returned.iter().all(|is_ok| *is_ok), "{:?}", seen.returned);
    recorded.assert_input_tokens(1200.0);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(80.0));
    assert_eq!(kinds(&seen, "streamed"), [200, 1000, 0, 20, 60]);
    assert_eq!(ended(&seen, "streamed", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[tokio::test]
async fn a_streamed_chat_whose_usage_is_not_captured_lacks_it() {
    let steps = vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let (seen, recorded) = stream("uncaptured", steps, false).await;
    recorded.assert_answered_after(0, None);
    assert_eq!(lacking(&seen, "uncaptured", Missing::Tokens), 1);
    assert_eq!(ended(&seen, "uncaptured", None), 1);
}

#[tokio::test]
async fn a_streamed_chat_that_breaks_is_an_error() {
    let (seen, recorded) = stream("broken", vec![role(), text("Ray"), Step::Cut], true).await;
    assert!(seen.returned.contains(&false), "{:?}", seen.returned);
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "broken", Some("transport")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_chat_that_never_says_that_it_is_whole_is_truncated() {
    let (seen, recorded) = stream("half", vec![role(), text("Ray")], true).await;
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "half", Some("truncated")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_in_a_stream_is_an_error() {
    let error = json!({"error": {"code": "made_up_4711", "message": "not now"}});
    let steps = vec![role(), text("Ray"), Step::Send(error), Step::Done];
    let (seen, recorded) = stream("failing", steps, true).await;
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "failing", Some("_OTHER")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_call_of_a_tool_is_the_first_token() {
    let call = json!({"index": 0, "id": "a", "function": {"name": "look_up", "arguments": ""}});
    let steps = vec![
        role(),
        choice(0, json!({"tool_calls": [call]}), None),
        Step::Pause(250),
        choice(0, json!({}), Some("tool_calls")),
        usage(12, 7),
        Step::Done,
    ];
    let (_, recorded) = stream("tool", steps, true).await;
    recorded.assert_first_token_after(0);
    assert!(recorded.prompt_throughput.sum - recorded.time_to_first_token.sum >= 0.1);
}

#[tokio::test]
async fn who_stops_reading_at_the_end_has_not_cancelled_and_who_stops_before_has() {
    let steps = || vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let client = Client::new().unwrap().measured();
    let options = ChatOptions::default().with_capture_usage(true);
    let read = async |name: &str, stop_at: fn(&ChatStreamEvent) -> bool| {
        let target = target(AdapterKind::OpenAI, &serve(Answer::Streamed(steps())).await, name);
        capture_async(async {
            let answer = client.exec_chat_stream(target, why(), Some(&options)).await.unwrap();
            let mut stream = answer.stream;
            while !stop_at(&stream.next().await.unwrap().unwrap()) {}
        })
        .await
    };
    let seen = read("enough", |event| matches!(event, ChatStreamEvent::End(_))).await;
    assert_eq!(ended(&seen, "enough", None), 1, "{seen:?}");
    assert_eq!(kinds(&seen, "enough"), [12, 0, 0, 7, 0]);
    let seen = read("left", |event| matches!(event, ChatStreamEvent::Chunk(_))).await;
    assert_eq!(ended(&seen, "left", Some("cancelled")), 1, "{seen:?}");
    assert_eq!(lacking(&seen, "left", Missing::Tokens), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn the_call_begins_when_the_request_is_sent() {
    let steps = vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let target = target(AdapterKind::OpenAI, &serve(Answer::Streamed(steps)).await, "lazy");
    let client = Client::new().unwrap().measured();
    let seen = capture_async(async {
        let answer = client.exec_chat_stream(target, why(), None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        answer.stream.count().await;
        start
    })
    .await;
    // `Recorded` also asserts that the recorded times are shorter than the time since `start`.
    let recorded = Recorded::new(&seen, "lazy", seen.returned);
    recorded.assert_first_token_after(0);
    recorded.assert_answered_after(0, None);
}

#[tokio::test]
async fn embeddings_are_recorded() {
    let url = serve(Answer::Whole(json!({
        "object": "list", "model": "served-model",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}],
        "usage": {"prompt_tokens": 12, "total_tokens": 12},
    })))
    .await;
    let client = Client::new().unwrap().measured().gen_ai(GenAi::chat("openai"));
    let target = target(AdapterKind::OpenAI, &url, "vectors");
    let seen = capture_async(client.embed(target, "the sky", None)).await;

    assert_eq!(seen.returned.as_ref().unwrap().embeddings.len(), 1);
    assert_eq!(kinds(&seen, "vectors"), [12, 0, 0, 0, 0]);
    assert_eq!(ended(&seen, "vectors", None), 1);
    assert_eq!(lacking_in_all(&seen), 0.0);
    let request = GenAiRequest {
        operation_name: "embeddings",
        provider_name: "openai",
        request_model: "vectors",
        server_address: None,
        server_port: None,
    };
    assert_eq!(seen.histogram(GenAiMetrics::EmbeddingsInputTokens(request)).sum, 12.0);
}
