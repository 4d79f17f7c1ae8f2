//! The series limit: measurements past the limit are still counted.

use std::thread;

use typed_metrics::{DropReason, Metrics, SeriesSnapshot, Value};

#[derive(Metrics)]
#[metrics(prefix = "limits")]
enum Limits<'a> {
    #[counter(series_limit = 3)]
    Few { name: &'a str },
    #[histogram(buckets = [1, 10], series_limit = 2)]
    FewSizes { name: u64 },
    #[gauge(series_limit = 2)]
    FewLevels { name: u64 },
    #[counter(series_limit = 2)]
    Revived { name: &'a str },
}

fn series(name: &str) -> Vec<SeriesSnapshot> {
    typed_metrics::snapshot().get(name).unwrap().series.clone()
}

fn dropped(name: &str) -> Vec<(DropReason, u64)> {
    typed_metrics::snapshot().get(name).unwrap().dropped.clone()
}

fn shown(name: &str) -> Vec<(String, f64)> {
    series(name).iter().map(|s| (s.labels.to_string(), s.value.as_f64())).collect()
}

#[test]
fn past_the_limit_the_overflow_series_counts_exactly() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..1000 {
                    Limits::few(["a", "b", "c", "d", "e", "f"][i % 6]).inc();
                }
            });
        }
    });
    let shown = shown("limits.few");
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[3].0, "otel.metric.overflow=true");
    assert_eq!(shown.iter().map(|(_, value)| value).sum::<f64>(), 4000.0);
    assert!(shown[..3].iter().all(|(_, value)| (664.0..=668.0).contains(value)), "{shown:?}");
    assert!(
        matches!(dropped("limits.few")[..], [(DropReason::Overflow, n)] if n as f64 == shown[3].1)
    );
}

#[test]
fn every_kind_has_an_overflow_series() {
    for name in 0..4 {
        Limits::few_sizes(name).record(name);
        Limits::few_levels(name).set(name);
    }
    let sizes = series("limits.few_sizes");
    let Value::Histogram(overflow) = &sizes[2].value else { panic!() };
    assert_eq!(sizes[2].labels.to_string(), "otel.metric.overflow=true");
    assert_eq!((overflow.count, overflow.sum), (2, 5.0));
    assert_eq!((overflow.min, overflow.max), (2.0, 3.0));
    let expected = [("name=0", 0.0), ("name=1", 1.0), ("otel.metric.overflow=true", 3.0)];
    let levels = shown("limits.few_levels");
    assert!(levels.iter().map(|(labels, value)| (labels.as_str(), *value)).eq(expected));
}

#[test]
fn a_removed_series_that_came_back_takes_its_room() {
    let (a, b) = (Limits::revived("a"), Limits::revived("b"));
    a.inc();
    b.inc();
    for round in 0..10_u64 {
        a.remove();
        a.add(round);
        // `a` and `b` fill the limit.
        Limits::revived("c").inc();
        let expected = [
            ("name=a".to_owned(), round as f64),
            ("name=b".to_owned(), 1.0),
            ("otel.metric.overflow=true".to_owned(), round as f64 + 1.0),
        ];
        assert_eq!(shown("limits.revived"), expected);
    }
    a.remove();
    Limits::revived("c").inc();
    // `c` has taken the place of `a`, so there is no place for `a`.
    a.add(100);
    let expected = [
        ("name=c".to_owned(), 1.0),
        ("name=b".to_owned(), 1.0),
        ("otel.metric.overflow=true".to_owned(), 110.0),
    ];
    assert_eq!(shown("limits.revived"), expected);
    // A removal through the handle of `a` does not affect `c`.
    a.remove();
    assert_eq!(shown("limits.revived"), expected);
}
