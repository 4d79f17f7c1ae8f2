//! Tokens by kind, the cost of calls, and what calls lack.

use typed_metrics_core::testing::{Captured, capture};
use typed_metrics_llm::{LlmCall, LlmMetrics, Missing, PriceTable, Prices, TokenKind, Usage};

use crate::support::{ended, kinds, lacking, lacking_in_all};

fn prices() -> PriceTable {
    let models = [
        ("priced", Prices::new("1.25", "10").cache_read("0.125").cache_write("1.5")),
        ("free", Prices::new(0, 0)),
        ("vectors", Prices::input("0.02")),
    ];
    PriceTable::new("USD", models).unwrap()
}

/// The number of calls with a cost, and their cost.
fn cost<R>(seen: &Captured<R>, model: &str) -> (u64, f64) {
    let metric = LlmMetrics::LlmCallCost { model, prompt: None, currency: "USD" };
    let cost = seen.histogram(metric);
    (cost.count, cost.sum)
}

fn cost_of<R>(seen: &Captured<R>, model: &str, kind: TokenKind) -> f64 {
    seen.sum(LlmMetrics::LlmCost { model, prompt: None, kind, currency: "USD" })
}

/// The sum of all series of a metric.
fn sum<R>(seen: &Captured<R>, metric: &str) -> f64 {
    let series = &seen.snapshot.get(metric).unwrap().series;
    series.iter().map(|series| series.value.as_f64()).sum()
}

#[test]
fn a_sum_over_all_kinds_counts_each_token_once() {
    let seen = capture(|| {
        let usage = Usage::new(1200, 80).cache_read(1000).cache_write(150).reasoning(60);
        LlmCall::start("kinds").finish(usage);
        LlmCall::start("kinds").finish(Usage::new(12, 7));
    });
    assert_eq!(kinds(&seen, "kinds"), [50 + 12, 1000, 150, 20 + 7, 60]);
    assert_eq!(sum(&seen, "llm_tokens"), 1200.0 + 80.0 + 12.0 + 7.0);
}

#[test]
fn a_call_costs_what_its_tokens_cost() {
    let seen = capture(|| {
        let usage = Usage::new(1_000_000, 200_000).cache_read(600_000).cache_write(200_000);
        LlmCall::start("priced").prices(&prices()).finish(usage.reasoning(50_000));
    });
    let kinds = [
        (TokenKind::Input, 0.25),
        (TokenKind::CacheRead, 0.075),
        (TokenKind::CacheWrite, 0.3),
        (TokenKind::Output, 1.5),
        (TokenKind::Reasoning, 0.5),
    ];
    for (kind, expected) in kinds {
        assert_eq!(cost_of(&seen, "priced", kind), expected, "{kind:?}");
    }
    // The sum of the kinds, without an error of binary fractions.
    assert_eq!(cost(&seen, "priced"), (1, 2.625));
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[test]
fn a_small_cost_is_the_nearest_number() {
    let seen = capture(|| {
        LlmCall::start("priced").prices(&prices()).finish(Usage::new(3, 7));
    });
    assert_eq!(cost(&seen, "priced"), (1, 0.000_073_75));
}

#[test]
fn a_model_that_costs_nothing_has_a_cost_of_zero() {
    let seen = capture(|| LlmCall::start("free").prices(&prices()).finish(Usage::new(12, 7)));
    assert_eq!(cost(&seen, "free"), (1, 0.0));
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[test]
fn embeddings_cost_their_input() {
    let seen = capture(|| {
        let call = LlmCall::embeddings("vectors").prices(&prices());
        call.finish(Usage::unknown().input(500_000));
    });
    assert_eq!(cost(&seen, "vectors"), (1, 0.01));
    assert_eq!(lacking_in_all(&seen), 0.0);
}

#[test]
fn a_model_without_a_price_has_no_cost_and_is_counted() {
    let seen = capture(|| {
        for _ in 0..3 {
            LlmCall::start("unheard-of").prices(&prices()).finish(Usage::new(12, 7));
        }
    });
    assert!(seen.snapshot.get("llm_call_cost").is_none());
    assert!(seen.snapshot.get("llm_cost").is_none());
    assert_eq!(lacking(&seen, "unheard-of", Missing::Price), 3);
    assert_eq!(lacking_in_all(&seen), 3.0);
    assert_eq!(ended(&seen, "unheard-of", None), 3);
}

#[test]
fn without_a_price_table_no_price_is_missing() {
    let seen = capture(|| LlmCall::start("unheard-of").finish(Usage::new(12, 7)));
    assert_eq!(lacking_in_all(&seen), 0.0);
    assert!(seen.snapshot.get("llm_call_cost").is_none());
}

#[test]
fn an_answer_without_tokens_has_no_cost_and_is_counted() {
    let seen = capture(|| {
        LlmCall::start("priced").prices(&prices()).finish(Usage::unknown());
        LlmCall::start("priced").prices(&prices()).finish(Usage::unknown().output(1_000_000));
        LlmCall::start("priced").prices(&prices()).finish(Usage::unknown().input(1_000_000));
        LlmCall::embeddings("vectors").prices(&prices()).finish(Usage::unknown());
    });
    assert_eq!(lacking(&seen, "priced", Missing::Tokens), 1);
    assert_eq!(lacking(&seen, "priced", Missing::InputTokens), 1);
    assert_eq!(lacking(&seen, "priced", Missing::OutputTokens), 1);
    assert_eq!(lacking(&seen, "vectors", Missing::InputTokens), 1);
    assert_eq!(lacking_in_all(&seen), 4.0);
    // The cost of the tokens that are known.
    assert_eq!(cost(&seen, "priced"), (2, 11.25));
    assert_eq!(cost(&seen, "vectors"), (0, 0.0));
}

#[test]
fn a_call_that_failed_lacks_nothing_but_one_that_broke_off_does() {
    let seen = capture(|| {
        LlmCall::start("priced").prices(&prices()).fail("429");
        drop(LlmCall::start("priced").prices(&prices()));
        let mut begun = LlmCall::start("priced").prices(&prices());
        begun.first_token();
        drop(begun);
        let mut billed = LlmCall::start("priced").prices(&prices());
        billed.used(Usage::new(1_000_000, 0));
        billed.fail("500");
    });
    assert_eq!(lacking(&seen, "priced", Missing::Tokens), 1);
    assert_eq!(lacking_in_all(&seen), 1.0);
    assert_eq!(cost(&seen, "priced"), (1, 1.25));
}

#[test]
fn tables_with_different_currencies_do_not_mix() {
    let euros = PriceTable::new("EUR", [("priced", Prices::new(1, 1))]).unwrap();
    let seen = capture(|| {
        LlmCall::start("priced").prices(&euros).finish(Usage::new(1_000_000, 0));
        LlmCall::start("priced").prices(&prices()).finish(Usage::new(1_000_000, 0));
    });
    assert_eq!(cost(&seen, "priced"), (1, 1.25));
    let euros = LlmMetrics::LlmCallCost { model: "priced", prompt: None, currency: "EUR" };
    assert_eq!(seen.histogram(euros).sum, 1.0);
}
