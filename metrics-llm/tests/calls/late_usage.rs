//! Readers that stop at the item that marks the answer as complete, before the item with the
//! tokens.

use std::pin::pin;
use std::task::Poll;

use futures_util::{Stream, StreamExt, stream};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{Chunk, LlmCall, Missing, Usage, error_type};

use crate::support::{ended, ended_in_all, kinds, lacking, lacking_in_all};

/// An answer whose end comes before its tokens, as servers with the protocol of `OpenAI` send it.
fn answer() -> [Chunk; 3] {
    let used = Chunk::other().usage(Usage::new(12, 7));
    [Chunk::content(), Chunk::other().last(), used]
}

/// Reads `items` items of a stream.
async fn read(
    model: &'static str,
    items: usize,
    answer: impl Stream<Item = Chunk>,
) -> Captured<usize> {
    capture_async(async {
        let answer = pin!(LlmCall::start(model).stream(answer, Clone::clone).take(items));
        answer.count().await
    })
    .await
}

#[tokio::test]
async fn the_tokens_that_came_are_recorded() {
    let seen = read("stopped", 2, stream::iter(answer())).await;
    assert_eq!(seen.returned, 2);
    assert_eq!(kinds(&seen, "stopped"), [12, 0, 0, 7, 0]);
    assert_eq!(ended(&seen, "stopped", None), 1);
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[tokio::test]
async fn the_reader_still_gets_every_item_in_order() {
    let mut seen_by_look = 0;
    let seen = capture_async(async {
        let answer = stream::iter(answer().into_iter().enumerate());
        let answer = LlmCall::start("order").stream(answer, |(_, chunk)| {
            seen_by_look += 1;
            chunk.clone()
        });
        let mut answer = pin!(answer);
        let mut items = vec![];
        let mut hints = vec![answer.size_hint()];
        while let Some((number, _)) = answer.next().await {
            items.push(number);
            hints.push(answer.size_hint());
        }
        (items, hints)
    })
    .await;
    let hint = |items| (items, Some(items));
    assert_eq!(seen.returned, (vec![0, 1, 2], vec![hint(3), hint(2), hint(1), hint(0)]));
    assert_eq!(seen_by_look, 3);
    assert_eq!(kinds(&seen, "order"), [12, 0, 0, 7, 0]);
    assert_eq!(ended(&seen, "order", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn tokens_that_did_not_come_are_missing() {
    let [content, last, _] = answer();
    let never = stream::iter([content, last]).chain(stream::pending());
    let seen = read("never", 2, never).await;
    assert_eq!(kinds(&seen, "never"), [0; 5]);
    assert_eq!(ended(&seen, "never", None), 1);
    assert_eq!(lacking(&seen, "never", Missing::Tokens), 1);
    assert_eq!(lacking_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_answer_that_ends_without_tokens_ends_once() {
    let [content, last, _] = answer();
    for items in [2, usize::MAX] {
        let seen = read("none", items, stream::iter([content.clone(), last.clone()])).await;
        assert_eq!(seen.returned, 2);
        assert_eq!(ended(&seen, "none", None), 1);
        assert_eq!(ended_in_all(&seen), 1.0);
        assert_eq!(lacking(&seen, "none", Missing::Tokens), 1);
    }
}

#[tokio::test]
async fn an_error_after_the_answer_counts_only_for_a_reader_who_saw_it() {
    let [content, last, _] = answer();
    let items = || {
        let error = Chunk::error(error_type::TRANSPORT);
        stream::iter([content.clone(), last.clone(), error])
    };
    let seen = read("unseen", 2, items()).await;
    assert_eq!(ended(&seen, "unseen", None), 1);
    let seen = read("seen", 3, items()).await;
    assert_eq!(seen.returned, 3);
    assert_eq!(ended(&seen, "seen", Some(error_type::TRANSPORT)), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_stream_whose_tokens_are_known_is_asked_for_nothing() {
    let mut items = answer();
    items.rotate_right(1); // the tokens come first
    let mut polls = 0;
    let mut items = items.into_iter();
    let counting = stream::poll_fn(|_| {
        polls += 1;
        Poll::Ready(items.next())
    });
    let seen = read("known", 3, counting).await;
    assert_eq!(polls, 3);
    assert_eq!(kinds(&seen, "known"), [12, 0, 0, 7, 0]);
}
