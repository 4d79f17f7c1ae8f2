//! The models of `rig-core` with a server that streams over real HTTP.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures_util::StreamExt;
use rig_core::DynModel;
use rig_core::completion::CompletionRequest;
use rig_core::operation::Completion;
use rig_core::providers::openai::OpenAIConfig;
use serde_json::json;
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{GenAi, GenAiMetrics, GenAiRequest, Measure, Measured};

use crate::support::{
    Answer, Recorded, Step, choice, detailed, ended, ended_in_all, kinds, role, serve, state, stop,
    text, usage,
};

fn model(url: &str, name: &str) -> Measured<DynModel<Completion>> {
    OpenAIConfig::new("none").with_base_url(url).client().chat(name).measured()
}

/// Returns the items of a streamed answer and the recorded metrics.
async fn stream(name: &str, steps: Vec<Step>) -> (Captured<Vec<bool>>, Recorded) {
    let model = model(&serve(Answer::Streamed(steps)).await, name);
    let start = Instant::now();
    let seen = capture_async(async {
        model.stream("Why?").unwrap().map(|item| item.is_ok()).collect().await
    })
    .await;
    let recorded = Recorded::new(&seen, name, start);
    (seen, recorded)
}

#[tokio::test]
async fn a_call_is_recorded() {
    let model = model(&serve(crate::support::whole(12, 7)).await, "called");
    let start = Instant::now();
    let seen = capture_async(model.call("Why?")).await;
    let recorded = Recorded::new(&seen, "called", start);

    assert_eq!(seen.returned.as_ref().unwrap().text(), "Scattering.");
    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "called", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_is_counted_with_the_status() {
    let refused = Answer::Refused(StatusCode::SERVICE_UNAVAILABLE);
    let model = model(&serve(refused).await, "refused");
    let start = Instant::now();
    let seen = capture_async(model.call("Why?")).await;
    let recorded = Recorded::new(&seen, "refused", start);

    seen.returned.as_ref().unwrap_err();
    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "refused", Some("503")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_answer_is_recorded() {
    let steps = vec![role(), Step::Pause(60), text("Ray"), stop(), usage(12, 7), Step::Done];
    let (seen, recorded) = stream("streamed", steps).await;

    assert!(seen.returned.iter().all(|is_ok| *is_ok), "{:?}", seen.returned);
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(7.0));
    assert_eq!(ended(&seen, "streamed", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_answer_that_is_finished_at_once_is_recorded() {
    let steps = vec![role(), text("Ray"), text("leigh"), stop(), usage(12, 7), Step::Done];
    let model = model(&serve(Answer::Streamed(steps)).await, "finished");
    let start = Instant::now();
    let finish = async { model.stream("Why?").unwrap().finish().await };
    let seen = capture_async(finish).await;
    let recorded = Recorded::new(&seen, "finished", start);

    assert_eq!(seen.returned.as_ref().unwrap().text(), "Rayleigh");
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "finished", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_streamed_answer_that_breaks_is_an_error() {
    let (seen, recorded) = stream("broken", vec![role(), text("Ray"), Step::Cut]).await;

    assert_eq!(seen.returned.last(), Some(&false));
    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(ended(&seen, "broken", Some("http")), 1, "{seen:?}");
}

#[tokio::test]
async fn a_streamed_answer_that_ends_early_is_truncated() {
    let (seen, recorded) = stream("half", vec![role(), text("Ray")]).await;

    assert_eq!(seen.returned.last(), Some(&false));
    recorded.assert_first_token_after(0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "half", Some("truncated")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_drops_the_stream_has_cancelled_the_call() {
    let steps = vec![role(), text("Ray"), Step::Pause(60_000)];
    let model = model(&serve(Answer::Streamed(steps)).await, "dropped");
    let seen = capture_async(async {
        let stream = model.stream("Why?").unwrap();
        stream.take(2).count().await
    })
    .await;

    assert_eq!(ended(&seen, "dropped", Some("cancelled")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_stops_reading_at_the_last_item_has_not_cancelled_the_call() {
    let steps = || vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let (all, _) = stream("counted", steps()).await;
    let model = model(&serve(Answer::Streamed(steps())).await, "enough");
    let start = Instant::now();
    let seen = capture_async(async {
        let mut stream = model.stream("Why?").unwrap();
        for _ in &all.returned {
            stream.next().await.unwrap().unwrap();
        }
        // A program that has the whole answer may keep the stream for a while.
        tokio::time::sleep(Duration::from_millis(100)).await;
        start.elapsed().as_secs_f64()
    })
    .await;
    let recorded = Recorded::new(&seen, "enough", start);

    recorded.assert_input_tokens(12.0);
    recorded.assert_answered_after(0, Some(7.0));
    assert!(seen.returned - recorded.prompt_throughput.sum >= 0.1, "{recorded:?}");
    assert_eq!(ended(&seen, "enough", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_drops_the_stream_while_it_is_finished_has_cancelled_the_call() {
    let steps = vec![role(), text("Ray"), Step::Pause(60_000)];
    let model = model(&serve(Answer::Streamed(steps)).await, "impatient");
    let seen = capture_async(async {
        let finish = model.stream("Why?").unwrap().finish();
        tokio::time::timeout(Duration::from_millis(80), finish).await.unwrap_err();
    })
    .await;
    assert_eq!(ended(&seen, "impatient", Some("cancelled")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_model_that_the_request_names_is_the_label() {
    let model = model(&serve(crate::support::whole(12, 7)).await, "chosen");
    let mut request = CompletionRequest::from("Why?");
    request.model = Some("asked".to_owned());
    let seen = capture_async(model.call(request)).await;
    assert_eq!(ended(&seen, "asked", None), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

/// Rig reads a failed response as an answer, and reports the error in the answer.
#[tokio::test]
async fn a_response_that_failed_is_an_error() {
    let failed = json!({
        "error": {"code": "server_error", "message": "not now"},
        "usage": {"input_tokens": 12, "output_tokens": 0, "total_tokens": 12},
    });
    let url = serve(Answer::Whole(state("failed", failed))).await;
    let model =
        OpenAIConfig::new("none").with_base_url(url).client().responses("failed").measured();
    let start = Instant::now();
    let seen = capture_async(model.call("Why?")).await;
    let recorded = Recorded::new(&seen, "failed", start);

    assert!(seen.returned.as_ref().unwrap().error.is_some());
    recorded.assert_input_tokens(12.0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "failed", Some("provider")), 1, "{seen:?}");
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn the_call_begins_when_the_request_is_sent() {
    let steps = vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let model = model(&serve(Answer::Streamed(steps)).await, "lazy");
    let seen = capture_async(async {
        let stream = model.stream("Why?").unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        stream.count().await;
        start
    })
    .await;
    // `Recorded` also asserts that the recorded times are shorter than the time since `start`.
    let recorded = Recorded::new(&seen, "lazy", seen.returned);
    recorded.assert_first_token_after(0);
    recorded.assert_answered_after(0, Some(7.0));
}

#[tokio::test]
async fn a_call_of_a_tool_is_the_first_token() {
    let call = json!({"index": 0, "id": "a", "function": {"name": "look_up", "arguments": ""}});
    let more = json!({"index": 0, "function": {"arguments": "{}"}});
    let steps = vec![
        role(),
        choice(0, json!({"tool_calls": [call]}), None),
        Step::Pause(250),
        choice(0, json!({"tool_calls": [more]}), None),
        choice(0, json!({}), Some("tool_calls")),
        usage(12, 7),
        Step::Done,
    ];
    let (seen, recorded) = stream("tool", steps).await;
    assert_eq!(ended(&seen, "tool", None), 1, "{seen:?}");
    recorded.assert_first_token_after(0);
    assert!(recorded.prompt_throughput.sum - recorded.time_to_first_token.sum >= 0.1);
}

/// The items before and after a text come from Rig. They are not chunks of the provider.
#[tokio::test]
async fn the_conventions_see_the_chunks_of_the_provider() {
    let steps = vec![
        role(),
        text("Ray"),
        Step::Pause(250),
        text("leigh"),
        stop(),
        usage(12, 7),
        Step::Done,
    ];
    let model = model(&serve(Answer::Streamed(steps)).await, "chunks");
    let model = model.gen_ai(GenAi::chat("openai"));
    let seen = capture_async(async { model.stream("Why?").unwrap().count().await }).await;

    let request = GenAiRequest {
        operation_name: "chat",
        provider_name: "openai",
        request_model: "chunks",
        server_address: None,
        server_port: None,
    };
    let first = seen.histogram(GenAiMetrics::TimeToFirstChunk(request));
    let others = seen.histogram(GenAiMetrics::TimePerOutputChunk(request));
    assert_eq!((first.count, others.count), (1, 1));
    assert!(others.sum >= 0.1, "{} s", others.sum);
}

#[tokio::test]
async fn cached_tokens_and_tokens_of_reasoning_are_recorded() {
    let used = Step::Send(json!({
        "id": "a", "object": "chat.completion.chunk", "created": 0, "model": "served-model",
        "choices": [], "usage": detailed(),
    }));
    let (seen, _) = stream("detailed", vec![role(), text("Ray"), stop(), used, Step::Done]).await;
    assert_eq!(kinds(&seen, "detailed"), [200, 1000, 0, 20, 60]);
}
