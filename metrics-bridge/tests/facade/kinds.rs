//! Names that are used for two kinds.

use metrics::{counter, gauge, histogram};
use typed_metrics_core::{Metric, attributes, register_metric};
use typed_metrics_turn::{Level, lines, my_turn};

use super::support::{metric, value, with};

#[test]
fn the_second_kind_of_a_name_is_recorded_under_name_and_kind() {
    let _turn = my_turn();
    with(|| {
        counter!("kind.jobs").increment(4);
        for level in 1..=3 {
            gauge!("kind.jobs").set(f64::from(level));
            histogram!("kind.jobs").record(1.0);
        }
        counter!("kind.jobs").increment(1);
    });
    assert_eq!(value("kind.jobs", &[]), 5.0);
    assert_eq!(value("kind.jobs.gauge", &[]), 3.0);
    assert_eq!(metric("kind.jobs.histogram").series[0].value.as_histogram().unwrap().count, 3);
    let warnings: Vec<_> =
        lines().into_iter().filter(|line| line.text.contains("kind.jobs")).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(warnings[0].level, Level::Warn);
    assert_eq!(
        warnings[0].text,
        "metric `kind.jobs` is defined twice with a different type: counter in `the crate \
         metrics`, gauge in `the crate metrics`; make them agree or rename one; until then, the gauge \
         `kind.jobs` of the crate metrics is recorded as `kind.jobs.gauge`"
    );
}

#[test]
fn a_name_of_another_metric_is_left_to_it() {
    let _turn = my_turn();
    let own = register_metric("kind.own", Metric::gauge("kind.own").unit("By")).unwrap();
    own.record(7, attributes!()).unwrap();
    with(|| gauge!("kind.own").set(1.0));
    assert_eq!(value("kind.own", &[]), 7.0);
    assert_eq!(value("kind.own.gauge", &[]), 1.0);
    assert_eq!(lines().iter().filter(|line| line.text.contains("kind.own")).count(), 1);
}
