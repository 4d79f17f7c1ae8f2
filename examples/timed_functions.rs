//! Functions measured by the attribute `#[timed]`: `cargo run --example timed_functions`.
//!
//! A small shop answers requests. Some requests fail, the client cancels one, and one panics. Times
//! differ from run to run, so the example prints only how often each outcome was recorded.

use std::panic::catch_unwind;
use std::time::Duration;

use typed_metrics::{Label, Metrics, Objective, Outcome, catalog, snapshot, timed};

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum ShopMetrics<'a> {
    /// Duration of requests.
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250])]
    RequestDuration { endpoint: Endpoint, outcome: Outcome },

    /// Duration of queries to the store.
    #[histogram(unit = "ms")]
    QueryDuration { table: &'a str, rows: Option<usize>, outcome: Outcome },

    /// Requests served.
    #[counter(unit = "{request}")]
    Requests { outcome: Outcome },

    /// Requests being served right now.
    #[up_down_counter(unit = "{request}")]
    RequestsInFlight,
}

#[derive(Debug)]
enum ShopError {
    NothingFound,
    EmptyCart,
}

/// A request, with its duration and outcome, and counters of all requests and of those in progress.
#[timed(
    ShopMetrics::RequestDuration { endpoint: Endpoint::Search, outcome },
    count = ShopMetrics::Requests { outcome },
    in_flight = ShopMetrics::RequestsInFlight,
    objective = [Objective::latency("250ms", 0.99), Objective::success(0.999)],
)]
async fn search(word: String) -> Result<Vec<String>, ShopError> {
    tokio::time::sleep(Duration::from_millis(2)).await;
    let found = query("products".to_owned(), &word);
    if found.is_empty() {
        return Err(ShopError::NothingFound);
    }
    Ok(found)
}

/// The label `table` borrows an argument that the body moves. The label `rows` is computed from the
/// result.
#[timed(ShopMetrics::QueryDuration { table: &table, outcome }, rows = |found| found.len())]
fn query(table: String, word: &str) -> Vec<String> {
    let names = ["apple", "apricot", "banana"].into_iter();
    let rows = names.filter(|name| name.starts_with(word)).map(|name| format!("{table}/{name}"));
    rows.collect()
}

struct Cart {
    items: Vec<u32>,
}

/// Measures all methods except the one with `skip`.
#[timed(ShopMetrics::RequestDuration { endpoint: Endpoint::Checkout, outcome })]
impl Cart {
    fn pay(self) -> Result<u32, ShopError> {
        let total = self.total();
        assert_ne!(total, 13, "nobody pays 13");
        self.items.first().map(|_| total).ok_or(ShopError::EmptyCart)
    }

    #[timed(skip)]
    fn total(&self) -> u32 {
        self.items.iter().sum()
    }
}

/// Without a metric, `#[timed]` records in `function.duration`.
#[timed(none_is_error)]
fn parse(line: &str) -> Option<u32> {
    line.trim().parse().ok()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for word in ["a", "ap", "b", "x"] {
        match search(word.to_owned()).await {
            Ok(found) => println!("`{word}`: {}", found.join(", ")),
            Err(error) => println!("`{word}`: {error:?}"),
        }
    }
    // The client does not wait, so the future is dropped.
    let impatient = tokio::time::timeout(Duration::ZERO, search("a".to_owned())).await;
    assert!(impatient.is_err());

    for items in [vec![1, 2], vec![], vec![6, 7]] {
        match catch_unwind(|| Cart { items }.pay()) {
            Ok(paid) => println!("paid: {paid:?}"),
            Err(_) => println!("paid: the call panicked"),
        }
    }
    println!("parsed: {:?}", ["1", " 2 ", "three"].map(parse));

    println!("\nRecorded:");
    for metric in snapshot().metrics {
        let mut series: Vec<_> = metric
            .series
            .iter()
            .map(|series| {
                let count = series.value.as_histogram().map(|histogram| histogram.count as f64);
                (series.labels.to_string(), count.unwrap_or(series.value.as_f64()))
            })
            .collect();
        series.sort_by(|a, b| a.0.cmp(&b.0));
        for (labels, count) in series {
            println!("{} {labels}: {count}", metric.descriptor.name());
        }
    }

    println!("\nObjectives:");
    for metric in catalog() {
        for aim in metric.objectives() {
            println!("{} of `{}`: {}", metric.name(), aim.function.item, aim.objective);
        }
    }
}
