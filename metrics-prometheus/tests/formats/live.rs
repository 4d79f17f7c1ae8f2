//! A scrape without a snapshot is the same as one of a snapshot.

use typed_metrics_core::{Metric, Snapshot, attributes, register_metric, snapshot};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_prometheus::{Escaping, Format, Settings};

use crate::names::set_logger;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "live")]
enum Live<'a> {
    /// Fixed labels.
    #[counter]
    Fixed { side: Side, express: Option<bool>, lit: bool },
    #[histogram(unit = "s", buckets = [1, 10])]
    Wait { side: Side },
    #[histogram(buckets = [1, 10])]
    Sizes { to: &'a str },
    #[histogram(exponential)]
    Spread { to: &'a str },
    #[counter(series_limit = 2)]
    Letters { to: &'a str },
    #[gauge]
    Heat,
    #[up_down_counter]
    Doors { side: Side },
}

/// A second definition of two metrics.
#[derive(Metrics)]
#[metrics(prefix = "live")]
enum Again {
    #[counter]
    Fixed { side: Side, express: Option<bool>, lit: bool },
    #[gauge]
    Heat,
}

fn record() {
    for express in [None, Some(false), Some(true)] {
        Live::fixed(Side::Left, express, true).add(3);
        Live::fixed(Side::Right, express, false).add(4);
    }
    Again::fixed(Side::Left, None, true).add(5);
    Live::heat().set(1.5);
    Again::heat().set(2.5);
    for (number, to) in [0, 1, 2, 3].into_iter().zip(["a", "b", "c", "d"]) {
        Live::wait(Side::Right).record(f64::from(number) * 5.0);
        Live::sizes(to).record(f64::from(number));
        Live::spread(to).record(f64::from(number) - 1.0);
        Live::letters(to).add(1);
    }
    Live::letters("a").remove();
    Live::doors(Side::Left).add(-2);
}

#[test]
fn it_is_the_same() {
    set_logger();
    record();
    // A metric that takes a name only if anything was recorded in it.
    register_metric("live.doors_", Metric::counter("live.doors_")).unwrap();
    let total = register_metric("live.x_total", Metric::gauge("live.x_total")).unwrap();
    total.record(1, attributes!()).unwrap();
    register_metric("live.x", Metric::counter("live.x")).unwrap();
    for format in [
        Format::Text,
        Format::OpenMetrics(Escaping::AllowUtf8),
        Format::OpenMetrics2(Escaping::AllowUtf8),
        Format::Protobuf(Escaping::AllowUtf8),
    ] {
        let settings = Settings::default().created(true).scope("s", "1");
        // Other tests of this program record too.
        let same = (0..20).any(|_| {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            format.encode(&snapshot(), &settings, &mut a);
            format.encode_now(&settings, &mut b);
            a == b
        });
        assert!(same, "{format:?}");
    }
    let mut own = Snapshot::default();
    own.metrics = snapshot().metrics;
    own.metrics.retain(|metric| metric.descriptor.name().starts_with("live."));
    let mut out = Vec::new();
    Format::Text.encode(&own, &Settings::default(), &mut out);
    let text = String::from_utf8(out).unwrap();
    // The linker decides which definition of the gauge counts.
    assert!(["\nlive_heat 1.5\n", "\nlive_heat 2.5\n"].iter().any(|heat| text.contains(heat)));
    for line in [
        "live_fixed_total{lit=\"true\",side=\"left\"} 8",
        "live_fixed_total{express=\"true\",lit=\"false\",side=\"right\"} 4",
        "live_doors{side=\"left\"} -2",
        "live_x_total 1.0",
        "live_letters_total{otel_metric_overflow=\"true\"} 2",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
}
