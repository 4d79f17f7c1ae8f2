//! Any client: a stream over plain HTTP, and the recorded metrics.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use typed_metrics_core::testing::capture_async;
use typed_metrics_llm::{LlmCall, Usage};

use crate::support::{
    Answer, Recorded, Step, ask, capture, ended, ended_in_all, role, serve, stop, text, usage,
};

#[tokio::test]
async fn a_slow_first_token_is_the_time_to_it_and_not_that_of_the_answer() {
    let steps = vec![
        role(),
        Step::Pause(150),
        text("Ray"),
        Step::Pause(50),
        text("leigh"),
        stop(),
        usage(12, 7),
        Step::Done,
    ];
    let (seen, recorded) = capture("slow", Answer::Streamed(steps)).await;

    assert_eq!(seen.returned, 5);
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(150);
    recorded.assert_answered_after(200, Some(7.0));
    assert!(recorded.time_to_first_token.sum < recorded.prompt_throughput.sum);
    assert_eq!(ended(&seen, "slow", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_stream_cut_in_the_middle_is_an_error_after_a_first_token() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), Step::Cut];
    let (seen, recorded) = capture("cut", Answer::Streamed(steps)).await;

    assert_eq!(seen.returned, 3); // the role, a text and the error
    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "cut", Some("transport")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_stream_that_ends_before_its_answer_is_whole_is_truncated() {
    let steps = vec![role(), Step::Pause(30), text("Ray")];
    let (seen, recorded) = capture("truncated", Answer::Streamed(steps)).await;

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "truncated", Some("truncated")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_instead_of_an_answer_is_counted_with_its_status() {
    let refused = Answer::Refused(StatusCode::SERVICE_UNAVAILABLE);
    let (seen, recorded) = capture("refused", refused).await;

    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "refused", Some("503")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_before_the_first_token_leaves_none() {
    let (seen, recorded) = capture("early", Answer::Streamed(vec![role(), Step::Cut])).await;

    assert_eq!(seen.returned, 2);
    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "early", Some("transport")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn without_usage_only_times_are_recorded() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), stop(), Step::Done];
    let (seen, recorded) = capture("silent", Answer::Streamed(steps)).await;

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_answered_after(30, None);
    assert_eq!(ended(&seen, "silent", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn no_tokens_are_no_throughput() {
    let steps = vec![role(), stop(), usage(12, 0), Step::Done];
    let (seen, recorded) = capture("mute", Answer::Streamed(steps)).await;

    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, None);
    assert_eq!(ended(&seen, "mute", None), 1);
}

#[tokio::test]
async fn a_client_that_drops_the_stream_has_cancelled_the_call() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), Step::Pause(60_000), usage(12, 7)];
    let url = serve(Answer::Streamed(steps)).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start("dropped"), 2)).await;
    let recorded = Recorded::new(&seen, "dropped", start);

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "dropped", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_client_that_times_out_before_the_first_token_has_cancelled_the_call() {
    let url = serve(Answer::Streamed(vec![role(), Step::Pause(60_000)])).await;
    let start = Instant::now();
    let asked = async {
        let asked = ask(&url, LlmCall::start("impatient"), usize::MAX);
        tokio::time::timeout(Duration::from_millis(50), asked).await.unwrap_err();
    };
    let seen = capture_async(asked).await;
    let recorded = Recorded::new(&seen, "impatient", start);

    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "impatient", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_stops_reading_at_the_last_item_has_not_cancelled_the_call() {
    let steps = vec![role(), text("Ray"), stop(), Step::Pause(60_000), usage(12, 7)];
    let url = serve(Answer::Streamed(steps)).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start("enough"), 3)).await;
    let recorded = Recorded::new(&seen, "enough", start);

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(0);
    recorded.assert_answered_after(0, None);
    assert_eq!(ended(&seen, "enough", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_call_that_is_not_streamed_has_no_first_token() {
    let url = serve(crate::support::whole(12, 7)).await;
    let start = Instant::now();
    let seen = capture_async(async {
        let call = LlmCall::start("whole");
        let answer = reqwest::Client::new().post(url).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let tokens = |name: &str| answer["usage"][name].as_u64().unwrap();
        call.finish(Usage::new(tokens("prompt_tokens"), tokens("completion_tokens")));
    })
    .await;
    let recorded = Recorded::new(&seen, "whole", start);

    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "whole", None), 1);
}

#[tokio::test]
async fn what_was_used_before_a_stream_broke_is_recorded() {
    // Anthropic's streams begin with the tokens of the input.
    let begin = Step::Send(json!({"usage": {"prompt_tokens": 25, "completion_tokens": 1}}));
    let (seen, recorded) = capture("begun", Answer::Streamed(vec![begin, Step::Cut])).await;

    recorded.assert_input_tokens(25.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "begun", Some("transport")), 1);
}
