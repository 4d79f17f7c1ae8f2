//! The models of `rig-core`, against a server that streams over real HTTP.

#![allow(clippy::float_cmp, reason = "what is exact is compared exactly")]

mod support;

use std::time::Instant;

use axum::http::StatusCode;
use futures_util::StreamExt;
use rig_core::DynModel;
use rig_core::operation::Completion;
use rig_core::providers::openai::OpenAIConfig;
use support::{Answer, Recorded, Step, ended, ended_in_all, role, serve, stop, text, usage};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{Measure, Measured};

fn model(url: &str, name: &str) -> Measured<DynModel<Completion>> {
    OpenAIConfig::new("none").with_base_url(url).client().chat(name).measured()
}

/// What a streamed answer's items were, and what was recorded of it.
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
    let model = model(&serve(support::whole(12, 7)).await, "called");
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
