//! Functions that are measured by an attribute: `cargo run --example timed_functions`.
//!
//! A small shop answers requests; some fail, one is given up by its client, and one panics. Times
//! differ from run to run, so this prints how often each outcome was recorded.

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

/// A request: its time, how it ended, and how many there are.
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

/// A label that is made from an argument, which the body moves, and one that is computed from the result.
#[timed(ShopMetrics::QueryDuration { table: &table, outcome }, rows = |found| found.len())]
fn query(table: String, word: &str) -> Vec<String> {
    let names = ["apple", "apricot", "banana"].into_iter();
    let rows = names.filter(|name| name.starts_with(word)).map(|name| format!("{table}/{name}"));
    rows.collect()
}

struct Cart {
    items: Vec<u32>,
}

/// All methods, but for the one that says otherwise.
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

/// Without a metric of its own, it is recorded in `function.duration`.
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
    // The client does not wait: the future is dropped.
    let impatient = tokio::time::timeout(Duration::ZERO, search("a".to_owned())).await;
    assert!(impatient.is_err());

    for items in [vec![1, 2], vec![], vec![6, 7]] {
        match catch_unwind(|| Cart { items }.pay()) {
            Ok(paid) => println!("paid: {paid:?}"),
            Err(_) => println!("paid: it panicked"),
        }
    }
    println!("parsed: {:?}", ["1", " 2 ", "three"].map(parse));

    println!("\nWhat was recorded:");
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

    println!("\nWhat is aimed at:");
    for metric in catalog() {
        for aim in metric.objectives() {
            println!("{} of `{}`: {}", metric.name(), aim.function.item, aim.objective);
        }
    }
}
