//! A large catalog. It is a program of its own, because its metrics stay for ever.

use std::time::{Duration, Instant};

use typed_metrics_catalog::{Catalog, DashboardSettings, dashboards};
use typed_metrics_core::{Metric, register_metric};

const METRICS: usize = 2_000;
/// A quarter of the metrics are of each kind. A counter, a gauge and an up-down counter have a
/// chart with one query each; a histogram has a rate, three percentiles and a heat map.
const QUERIES: usize = METRICS / 4 * (1 + 5 + 1 + 1);

#[test]
fn two_thousand_metrics_are_rendered_in_two_seconds() {
    for number in 0..METRICS {
        let name = format!("many.m{number}");
        let metric = match number % 4 {
            0 => Metric::counter(&name).unit("{request}"),
            1 => Metric::histogram(&name).unit("s"),
            2 => Metric::gauge(&name).unit("By"),
            _ => Metric::up_down_counter(&name),
        };
        register_metric(&name, metric.description("One of many.")).unwrap();
    }
    let catalog = Catalog::of_program();
    let begin = Instant::now();
    let documents = dashboards(&catalog, &DashboardSettings::default());
    let taken = begin.elapsed();
    let queries: usize = documents.iter().map(|one| one.text.matches("\"expr\": ").count()).sum();
    assert_eq!(queries, QUERIES);
    println!("{METRICS} metrics in {taken:?}");
    assert!(taken < Duration::from_secs(2), "{taken:?}");
}
