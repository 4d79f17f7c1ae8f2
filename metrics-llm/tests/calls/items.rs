//! Calls and streams without a server, item by item.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt, stream};
use typed_metrics_core::testing::capture_async;
use typed_metrics_llm::{Chunk, GenAi, LlmCall, Usage, error_type};

use crate::support::{Recorded, ended, ended_in_all};

#[test]
fn an_error_without_a_type_is_still_no_success() {
    let seen = typed_metrics_core::testing::capture(|| LlmCall::start("untyped").fail(""));
    assert_eq!(ended(&seen, "untyped", Some(error_type::OTHER)), 1);
}

/// Items of text, and an item that marks the answer as complete.
fn whole_answer() -> impl Stream<Item = Chunk> + Unpin {
    stream::iter([Chunk::content(), Chunk::other().usage(Usage::new(12, 7)).last()])
}

#[tokio::test]
async fn the_time_that_a_reader_takes_after_the_last_item_is_not_the_answers() {
    let start = Instant::now();
    let seen = capture_async(async {
        let mut answer = LlmCall::start("read").stream(whole_answer(), Clone::clone);
        assert!(answer.next().await.is_some() && answer.next().await.is_some());
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(answer.next().await.is_none());
    })
    .await;
    let recorded = Recorded::new(&seen, "read", start);
    recorded.assert_answered_after(0, Some(7.0));
    assert!(recorded.prompt_throughput.sum < 0.2, "{recorded:?}");
}

#[tokio::test]
async fn a_stream_that_is_polled_after_its_end_has_ended_once() {
    let start = Instant::now();
    let seen = capture_async(async {
        let mut answer = LlmCall::start("again").stream(whole_answer(), Clone::clone);
        while answer.next().await.is_some() {}
        assert!(answer.next().await.is_none() && answer.next().await.is_none());
    })
    .await;
    Recorded::new(&seen, "again", start).assert_answered_after(0, Some(7.0));
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_first_token_that_comes_with_the_last_item_divides_by_the_whole_time() {
    let start = Instant::now();
    let seen = capture_async(async {
        let items = stream::iter([Chunk::content().usage(Usage::new(12, 7)).last()]);
        let items = items.then(|item| async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            item
        });
        pin!(LlmCall::start("at-once").stream(items, Clone::clone)).count().await
    })
    .await;
    let recorded = Recorded::new(&seen, "at-once", start);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(7.0));
}

#[test]
fn an_error_after_the_first_token_keeps_it_and_what_was_used() {
    let start = Instant::now();
    let seen = typed_metrics_core::testing::capture(|| {
        let mut call = LlmCall::start("failed");
        call.first_token();
        call.used(Usage::new(12, 7));
        call.fail("500");
    });
    let recorded = Recorded::new(&seen, "failed", start);
    recorded.assert_first_token_after(0);
    recorded.assert_input_tokens(12.0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "failed", Some("500")), 1);
}

#[tokio::test]
async fn what_an_error_says_of_tokens_is_recorded_and_nothing_after_it_is() {
    let start = Instant::now();
    let seen = capture_async(async {
        let items = stream::iter([
            Chunk::error("500").usage(Usage::unknown().input(12)),
            Chunk::content().usage(Usage::new(13, 7)).last(),
        ]);
        LlmCall::start("error-first").stream(items, Clone::clone).count().await
    })
    .await;
    assert_eq!(seen.returned, 2);
    let recorded = Recorded::new(&seen, "error-first", start);
    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "error-first", Some("500")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[test]
fn a_call_goes_from_thread_to_thread() {
    fn assert_send<T: Send + Sync>(_: &T) {}
    let call = LlmCall::start("sent").gen_ai(GenAi::chat("openai"));
    assert_send(&call);
    assert_send(&call.stream(stream::iter([Chunk::other()]), Clone::clone));
}
