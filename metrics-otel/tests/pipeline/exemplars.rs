//! Exemplars with spans of OpenTelemetry's SDK, and with those of `tracing`.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{
    SpanContext, TraceContextExt, TraceFlags, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, SpanId, TraceId};
use opentelemetry_proto::tonic::common::v1::any_value;
use opentelemetry_proto::tonic::metrics::v1::Exemplar;
use opentelemetry_proto::tonic::metrics::v1::exemplar::Value as ExemplarValue;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt;
use typed_metrics::{
    CurrentSpan, ExemplarFilter, clear_metric_handlers, flush, set_exemplars, set_metric_handlers,
    shutdown, snapshot,
};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::Receiver;
use typed_metrics_turn::my_turn;

use crate::environment::run;
use crate::pipelines::{deltas_to, to};

#[derive(Metrics)]
#[metrics(prefix = "exemplified")]
enum Exemplified<'a> {
    #[counter]
    Orders { shop: &'a str },
    #[counter(value = f64)]
    Seconds,
    #[histogram(buckets = [10, 100])]
    Size,
    #[gauge]
    Level,
    #[counter]
    AtExit,
}

/// The exemplars of a metric in the last request.
fn exemplars(receiver: &Receiver, metric: &str) -> Vec<Exemplar> {
    receiver.requests().last().unwrap().exemplars(metric)
}

fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since_epoch.as_nanos()).unwrap()
}

fn in_span(trace: u128, span: u64, is_sampled: bool, f: impl FnOnce()) {
    let flags = if is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace, span) = (TraceId::from(trace), SpanId::from(span));
    let context = SpanContext::new(trace, span, flags, false, TraceState::default());
    let _inside = Context::new().with_remote_span_context(context).attach();
    f();
}

#[test]
fn a_span_of_the_sdk_arrives_with_value_and_time() {
    let _turn = my_turn();
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOn).build();
    let tracer = provider.tracer("shop");
    for build in [to, deltas_to] {
        let receiver = Receiver::start();
        let pipeline = build(&receiver, Protocol::HttpProtobuf);
        let pipeline = pipeline.exemplars(ExemplarFilter::TraceBased).build().unwrap();
        set_metric_handlers(pipeline).unwrap();
        let before = now();
        let ids = tracer.in_span("order", |context| {
            Exemplified::orders("a").add(3);
            Exemplified::seconds().add(0.5);
            [5, 50, 500].into_iter().for_each(|size| Exemplified::size().record(size));
            Exemplified::level().set(1);
            let span = context.span().span_context().clone();
            (span.trace_id().to_bytes().to_vec(), span.span_id().to_bytes().to_vec())
        });
        Exemplified::orders("b").add(1);
        flush().unwrap();
        let after = now();
        let check = |exemplars: &[Exemplar], values: &[ExemplarValue]| {
            let seen: Vec<_> = exemplars.iter().map(|exemplar| exemplar.value.unwrap()).collect();
            assert_eq!(seen, values);
            for exemplar in exemplars {
                assert_eq!((&exemplar.trace_id, &exemplar.span_id), (&ids.0, &ids.1));
                assert!((before..=after).contains(&exemplar.time_unix_nano));
                assert!(exemplar.filtered_attributes.is_empty());
            }
        };
        check(&exemplars(&receiver, "exemplified.orders"), &[ExemplarValue::AsInt(3)]);
        check(&exemplars(&receiver, "exemplified.seconds"), &[ExemplarValue::AsDouble(0.5)]);
        let sizes = [5.0, 50.0, 500.0].map(ExemplarValue::AsDouble);
        check(&exemplars(&receiver, "exemplified.size"), &sizes);
        check(&exemplars(&receiver, "exemplified.level"), &[]);
        // Those of the next interval only.
        Exemplified::orders("a").add(1);
        flush().unwrap();
        check(&exemplars(&receiver, "exemplified.orders"), &[]);
        clear_metric_handlers();
    }
}

#[test]
fn a_span_of_tracing_arrives() {
    let _turn = my_turn();
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOn).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"));
    let subscriber = tracing_subscriber::registry().with(layer);
    let receiver = Receiver::start();
    let pipeline = to(&receiver, Protocol::HttpProtobuf);
    set_metric_handlers(pipeline.exemplars(ExemplarFilter::TraceBased).build().unwrap()).unwrap();
    let span = tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("order").in_scope(|| {
            Exemplified::size().record(7);
            Context::map_current(|context| context.span().span_context().clone())
        })
    });
    assert!(span.is_valid());
    flush().unwrap();
    let seen = exemplars(&receiver, "exemplified.size");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].trace_id, span.trace_id().to_bytes());
    assert_eq!(seen[0].span_id, span.span_id().to_bytes());
    clear_metric_handlers();
}

#[test]
fn the_filter_selects_spans_and_a_cleared_handler_ends_exemplars() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    let seen = || {
        let seen = exemplars(&receiver, "exemplified.orders");
        seen.iter().map(|exemplar| exemplar.trace_id.len()).collect::<Vec<_>>()
    };
    for (filter, expected) in [
        (None, [vec![], vec![], vec![]]),
        (Some(ExemplarFilter::AlwaysOff), [vec![], vec![], vec![]]),
        (Some(ExemplarFilter::TraceBased), [vec![], vec![], vec![16]]),
        (Some(ExemplarFilter::AlwaysOn), [vec![0], vec![16], vec![16]]),
    ] {
        let mut pipeline = to(&receiver, Protocol::HttpProtobuf);
        if let Some(filter) = filter {
            pipeline = pipeline.exemplars(filter);
        }
        set_metric_handlers(pipeline.build().unwrap()).unwrap();
        Exemplified::orders("c").inc();
        flush().unwrap();
        assert_eq!(seen(), expected[0], "{filter:?}");
        in_span(1, 2, false, || Exemplified::orders("c").inc());
        flush().unwrap();
        assert_eq!(seen(), expected[1], "{filter:?}");
        in_span(1, 2, true, || Exemplified::orders("c").inc());
        flush().unwrap();
        assert_eq!(seen(), expected[2], "{filter:?}");
        clear_metric_handlers();
        in_span(1, 2, true, || Exemplified::orders("c").inc());
        let snapshot = snapshot();
        let orders = &snapshot.get("exemplified.orders").unwrap().series;
        assert!(orders.iter().all(|series| series.exemplars.is_empty()));
    }
}

#[test]
fn a_function_of_the_program_wins_and_adds_filtered_attributes() {
    let receiver = Receiver::start();
    // A process of its own, because a setting of the program stays.
    run(
        "set_exemplars",
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.http_endpoint()),
            ("OTEL_METRICS_EXEMPLAR_FILTER", "always_off"),
        ],
    );
    let seen = exemplars(&receiver, "exemplified.size");
    assert_eq!((&*seen[0].trace_id, &*seen[0].span_id), (&[1; 16][..], &[2; 8][..]));
    let attributes = seen[0].filtered_attributes.iter().map(|attribute| {
        let value = attribute.value.clone().unwrap().value.unwrap();
        (&*attribute.key, value)
    });
    let expected = [
        ("user.id", any_value::Value::IntValue(7)),
        ("plan", any_value::Value::StringValue("free".to_owned())),
    ];
    assert_eq!(attributes.collect::<Vec<_>>(), expected);
}

pub(crate) fn with_a_function_of_the_program() {
    set_metric_handlers("otel").unwrap();
    set_exemplars(ExemplarFilter::TraceBased, || {
        Some(CurrentSpan::new([1; 16], [2; 8], true).label("user.id", 7).label("plan", "free"))
    });
    Exemplified::size().record(1);
    shutdown().unwrap();
}

#[test]
fn the_variable_switches_exemplars_on_also_those_of_exponential_histograms() {
    let receiver = Receiver::start();
    let endpoint = receiver.http_endpoint();
    for (filter, count) in [("always_on", 1), ("ALWAYS_OFF", 0), ("trace_based", 0)] {
        run(
            "exemplars",
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
                ("OTEL_METRICS_EXEMPLAR_FILTER", filter),
                (
                    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                    "base2_exponential_bucket_histogram",
                ),
            ],
        );
        for name in ["environment.count", "environment.duration"] {
            assert_eq!(exemplars(&receiver, name).len(), count, "{filter}");
        }
    }
}

thread_local! {
    static AT_EXIT: RefCell<Option<AtExit>> = const { RefCell::new(None) };
}

struct AtExit;

impl Drop for AtExit {
    fn drop(&mut self) {
        Exemplified::at_exit().inc();
    }
}

/// OpenTelemetry's context of the thread is gone before the value that records, and would panic.
#[test]
fn a_measurement_at_the_end_of_a_thread_does_not_panic() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    let pipeline = to(&receiver, Protocol::HttpProtobuf);
    set_metric_handlers(pipeline.exemplars(ExemplarFilter::AlwaysOn).build().unwrap()).unwrap();
    let panics = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&panics);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |_| {
        counted.fetch_add(1, Relaxed);
    }));
    std::thread::spawn(|| {
        AT_EXIT.with_borrow_mut(|at_exit| *at_exit = Some(AtExit));
        in_span(1, 2, true, || Exemplified::at_exit().inc());
        // The next measurement is one that asks.
        let _ = snapshot();
    })
    .join()
    .unwrap();
    std::panic::set_hook(before);
    clear_metric_handlers();
    assert_eq!(panics.load(Relaxed), 0);
    let snapshot = snapshot();
    assert_eq!(snapshot.get("exemplified.at_exit").unwrap().series[0].value.as_f64(), 2.0);
}
