//! A scrape without a snapshot allocates nothing for each series.

use typed_metrics_core::{Metric, ValueType, attributes, register_metric};
use typed_metrics_prometheus::{Escaping, Format, Settings};

#[test]
fn more_series_need_no_more_allocations() {
    let hits = Metric::counter("hits").value_type(ValueType::U64).series_limit(10_000);
    let hits = register_metric("hits", hits).unwrap();
    let wait = Metric::histogram("wait").buckets([1, 2, 4, 8]).series_limit(10_000);
    let wait = register_metric("wait", wait).unwrap();
    // Few buckets, so that the cells of all series fit into the memory of a thread.
    let spread = Metric::histogram("spread").exponential().max_size(8).series_limit(10_000);
    let spread = register_metric("spread", spread).unwrap();
    let scrape = |format: Format| {
        let mut out = Vec::new();
        format.encode_now(&Settings::default(), &mut out);
        out.len()
    };
    for format in [
        Format::Text,
        Format::OpenMetrics(Escaping::AllowUtf8),
        Format::OpenMetrics2(Escaping::AllowUtf8),
        Format::Protobuf(Escaping::AllowUtf8),
    ] {
        let allocations = |series: u32| {
            for number in 0..series {
                let labels = attributes!("item" => number, "path" => "/a\\b", "lit" => true);
                hits.record(1, labels).unwrap();
                wait.record(number % 11, labels).unwrap();
                if number % 4 == 0 {
                    spread.record(f64::from(number % 11) - 5.0, labels).unwrap();
                }
            }
            // The first scrape learns its length.
            let length = scrape(format);
            assert!(length > 100 * series as usize);
            allocation_counter::measure(|| assert_eq!(scrape(format), length)).count_total
        };
        let (few, many) = (allocations(200), allocations(4000));
        // Vectors grow a few times more, and the cells are in more segments.
        assert!(many < few + 400, "{format:?}: {few} and {many} allocations");
    }
}
