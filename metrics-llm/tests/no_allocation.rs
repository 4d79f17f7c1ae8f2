//! A call allocates nothing once its series exist.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::{Stream, stream};
use std::sync::LazyLock;

use typed_metrics_llm::{
    Chunk, GenAi, LlmCall, PriceTable, Prices, ToolExecution, Usage, error_type,
};

static PRICES: LazyLock<PriceTable> =
    LazyLock::new(|| PriceTable::new("USD", [("steady", Prices::new("1.25", "10"))]).unwrap());

/// The allocations of a hundred calls, after earlier calls have made the series.
fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    call();
    allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
}

fn start() -> LlmCall<'static> {
    let conventions = GenAi::chat("openai").server("local", 80).v1_41();
    LlmCall::start("steady").prompt("summary").gen_ai(conventions).prices(&PRICES)
}

#[test]
fn calls_that_end_in_any_way() {
    let finished = || {
        let mut call = start();
        call.first_token();
        (0..10).for_each(|_| call.chunk());
        call.finish(Usage::new(12, 7).cache_read(5).reasoning(3));
    };
    assert_eq!(allocations(finished), 0);
    assert_eq!(allocations(|| start().fail(error_type::TIMEOUT)), 0);
    assert_eq!(allocations(|| drop(start())), 0);
    assert_eq!(allocations(|| ToolExecution::start("weather").agent("guide").finish()), 0);
    // Neither a model without a price nor an answer without tokens, after the warning.
    let lacking = || LlmCall::start("unpriced").prices(&PRICES).finish(Usage::unknown());
    assert_eq!(allocations(lacking), 0);
}

#[test]
fn streams() {
    let streamed = || {
        let items = stream::iter([Chunk::other(), Chunk::content(), Chunk::content().last()]);
        let mut answer = pin!(start().stream(items, Clone::clone));
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(_)) = answer.as_mut().poll_next(&mut context) {}
    };
    assert_eq!(allocations(streamed), 0);
}

#[test]
fn a_model_that_is_owned_is_not_copied() {
    let owned = || LlmCall::start("steady".to_owned()).finish(Usage::unknown());
    assert_eq!(allocations(owned), 100); // one for each `to_owned`
}
