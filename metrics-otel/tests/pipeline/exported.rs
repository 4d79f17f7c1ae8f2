//! What a pipeline sends, with the given settings.

use std::time::Duration;

use typed_metrics::{Descriptor, flush, set_metric_handlers};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::{Compression, Protocol};
use typed_metrics_receiver::{Receiver, Total};
use typed_metrics_turn::my_turn;

use crate::pipelines::{PROTOCOLS, to};

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "exported")]
enum Exported<'a> {
    /// Duration of requests.
    #[histogram(unit = "ms", buckets = [10, 100, 1000])]
    Duration { endpoint: Endpoint },
    /// Requests.
    #[counter(unit = "{request}")]
    Requests { route: &'a str, status: u16 },
    #[counter(value = f64, unit = "s")]
    Busy,
    #[up_down_counter]
    InFlight,
    #[gauge(value = f64)]
    Load,
}

fn record() {
    Exported::duration(Endpoint::Search).record(Duration::from_millis(150));
    Exported::duration(Endpoint::Search).record(Duration::from_millis(50));
    Exported::duration(Endpoint::Checkout).record(2000.0);
    Exported::requests("/a", 200).add(7);
    Exported::requests("/b", 404).add(1);
    Exported::busy().add(0.5);
    Exported::in_flight().add(3);
    Exported::in_flight().add(-5);
    Exported::load().set(0.75);
}

#[test]
fn values_units_descriptions_and_scopes_arrive_by_both_protocols() {
    let _turn = my_turn();
    for (rounds, protocol) in (1_i64..).zip(PROTOCOLS) {
        let receiver = Receiver::start();
        for compression in [Compression::None, Compression::Gzip] {
            let pipeline = to(&receiver, *protocol).compression(compression).service_name("shop");
            set_metric_handlers(pipeline.resource("team", "blue").build().unwrap()).unwrap();
            record();
            flush().unwrap();
            let seen = receiver.requests();
            let encoding = &seen.last().unwrap().encoding;
            let expected = if compression == Compression::Gzip { "gzip" } else { "identity" };
            assert_eq!(encoding, expected, "{protocol:?}");
        }
        let totals = receiver.totals();
        let duration = totals.metric("exported.duration");
        assert_eq!((&*duration.unit, &*duration.description), ("ms", "Duration of requests."));
        assert_eq!(duration.kind, "histogram cumulative");
        assert_eq!(duration.scope, concat!("typed-metrics ", env!("CARGO_PKG_VERSION")));
        let Total::Histogram { count, buckets, bounds, max, .. } =
            totals.total("exported.duration", "endpoint=search")
        else {
            panic!("a histogram");
        };
        assert_eq!(*bounds, [10.0, 100.0, 1000.0]);
        assert_eq!(*buckets, [0, count / 2, count / 2, 0]);
        assert_eq!(*max, 150.0);
        let requests = totals.int("exported.requests", "route=/a status=200");
        assert!(requests >= 14 * rounds && requests % 7 == 0, "{requests}");
        assert_eq!(totals.metric("exported.busy").unit, "s");
        assert_eq!(totals.double("exported.load", ""), 0.75);
        assert_eq!(totals.metric("exported.in_flight").kind, "up_down_counter cumulative");
        let resource = |key: &str| totals.resource[key].clone();
        assert_eq!((resource("service.name"), resource("team")), ("shop".into(), "blue".into()));
        assert_eq!(resource("process.pid"), std::process::id().to_string());
        assert_eq!(resource("service.instance.id").len(), 36);
        for key in ["host.name", "host.arch", "os.type", "process.executable.name"] {
            assert!(!resource(key).is_empty(), "{key}");
        }
        let path = if *protocol == Protocol::Grpc {
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
        } else {
            "/v1/metrics"
        };
        assert_eq!(receiver.requests()[0].path, path);
        typed_metrics::clear_metric_handlers();
    }
}

#[derive(Metrics)]
#[metrics(prefix = "exported_many")]
enum Many {
    #[counter(series_limit = 60_000)]
    Count { identity_of_the_customer: u64 },
}

// The default limit of gRPC servers, and of the receiver, is 4 MiB.
#[test]
fn an_export_too_large_for_one_request_is_split() {
    let _turn = my_turn();
    (0..50_000).for_each(|id| Many::count(id).add(id));
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let only = |metric: &Descriptor| metric.name() == "exported_many.count";
        set_metric_handlers(to(&receiver, *protocol).build().unwrap().filter(only)).unwrap();
        flush().unwrap();
        let requests = receiver.requests();
        assert!(requests.len() > 1, "{protocol:?}");
        let totals = receiver.totals();
        let series = &totals.metric("exported_many.count").series;
        assert_eq!(series.len(), 50_000, "{protocol:?}");
        let wrong = (0..50_000_i64).find(|id| {
            series.get(&format!("identity_of_the_customer={id}")) != Some(&Total::Int(*id))
        });
        assert_eq!(
            wrong,
            None,
            "{:?}",
            wrong.map(|id| series.get(&format!("identity_of_the_customer={id}")))
        );
        typed_metrics::clear_metric_handlers();
    }
    // The pipelines of other tests would export them too.
    (0..50_000).for_each(|id| Many::count(id).remove());
}

#[test]
fn a_handler_that_is_cleared_exports_nothing_until_it_is_set_again() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    record();
    let pipeline = to(&receiver, Protocol::HttpProtobuf).interval(Duration::from_millis(20));
    let handler = pipeline.build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    receiver.wait_for(2, crate::pipelines::SOON);
    typed_metrics::clear_metric_handlers();
    std::thread::sleep(Duration::from_millis(50));
    receiver.clear();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(receiver.requests().len(), 0);
    set_metric_handlers(handler).unwrap();
    receiver.wait_for(2, crate::pipelines::SOON);
}
