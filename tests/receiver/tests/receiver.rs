//! The OTLP server of the other tests keeps its requests and sends the chosen answers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use tonic::codec::CompressionEncoding;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use typed_metrics_receiver::{Answer, Receiver, Total, Transport};

const SOON: Duration = Duration::from_secs(10);

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// A request with one metric, of a process named `shop`.
fn request(name: &str, data: Data) -> ExportMetricsServiceRequest {
    let metric = Metric {
        name: name.to_owned(),
        unit: "{request}".to_owned(),
        description: "What came in.".to_owned(),
        data: Some(data),
        ..Metric::default()
    };
    let scope = InstrumentationScope {
        name: "tests".to_owned(),
        version: "1.0".to_owned(),
        ..InstrumentationScope::default()
    };
    let name = Value::StringValue("shop".to_owned());
    let resource =
        Resource { attributes: vec![attribute("service.name", name)], ..Resource::default() };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(scope),
                metrics: vec![metric],
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    }
}

fn sum(temporality: AggregationTemporality, time: u64, value: Number) -> Data {
    Data::Sum(Sum {
        data_points: vec![NumberDataPoint {
            attributes: vec![
                attribute("status", Value::IntValue(200)),
                attribute("route", Value::StringValue("/a".to_owned())),
            ],
            time_unix_nano: time,
            value: Some(value),
            ..NumberDataPoint::default()
        }],
        aggregation_temporality: temporality.into(),
        is_monotonic: true,
    })
}

fn counted(value: i64) -> ExportMetricsServiceRequest {
    request("count", sum(AggregationTemporality::Delta, 1, Number::AsInt(value)))
}

fn histogram(min: f64, max: f64, buckets: &[u64]) -> Data {
    Data::Histogram(Histogram {
        data_points: vec![HistogramDataPoint {
            count: buckets.iter().sum(),
            sum: Some(min + max),
            min: Some(min),
            max: Some(max),
            explicit_bounds: vec![1.0, 2.0],
            bucket_counts: buckets.to_vec(),
            ..HistogramDataPoint::default()
        }],
        aggregation_temporality: AggregationTemporality::Delta.into(),
    })
}

/// The HTTP response: its head and its body.
#[derive(Debug)]
struct Response {
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn status(&self) -> u16 {
        self.head[9..12].parse().unwrap()
    }
}

fn post(to: &Receiver, headers: &str, body: &[u8]) -> std::io::Result<Response> {
    let address = to.http_endpoint();
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap())?;
    stream.set_read_timeout(Some(SOON))?;
    let length = body.len();
    write!(
        stream,
        "POST /v1/metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\
         content-type: application/x-protobuf\r\ncontent-length: {length}\r\n{headers}\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    Ok(Response { head, body: answer[end + 4..].to_vec() })
}

fn post_count(to: &Receiver, value: i64) -> std::io::Result<Response> {
    post(to, "", &counted(value).encode_to_vec())
}

async fn call(to: &Receiver, value: i64) -> Result<ExportMetricsServiceResponse, Status> {
    let connected = MetricsServiceClient::connect(to.grpc_endpoint()).await;
    let mut client = connected
        .map_err(|error| Status::unavailable(error.to_string()))?
        .send_compressed(CompressionEncoding::Gzip);
    let mut request = tonic::Request::new(counted(value));
    request.metadata_mut().insert("x-team", "blue".parse().unwrap());
    client.export(request).await.map(tonic::Response::into_inner)
}

#[test]
fn over_http_it_keeps_path_headers_and_body_compressed_or_not() {
    let receiver = Receiver::start();
    let plain = counted(3).encode_to_vec();
    assert_eq!(post(&receiver, "X-Team: blue\r\n", &plain).unwrap().status(), 200);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&plain).unwrap();
    let answer = post(&receiver, "content-encoding: gzip\r\n", &packed.finish().unwrap()).unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(ExportMetricsServiceResponse::decode(&*answer.body).unwrap().partial_success, None);

    let [first, second] = &receiver.wait_for(2, SOON)[..] else { panic!("expected two requests") };
    assert_eq!((first.transport, first.path.as_str()), (Transport::Http, "/v1/metrics"));
    assert_eq!(first.header("x-team"), Some("blue"));
    assert_eq!((first.encoding.as_str(), second.encoding.as_str()), ("identity", "gzip"));
    assert_eq!(first.body, counted(3));
    assert_eq!(second.body, counted(3));
    assert!(first.accepted && second.accepted && first.at <= second.at);
    assert_eq!(first.metrics(), ["count"]);
}

#[test]
fn what_it_cannot_read_is_refused_with_the_reason_and_takes_no_answer_from_the_script() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::status(503));
    assert_eq!(post(&receiver, "", b"no protobuf").unwrap().status(), 400);
    assert_eq!(post(&receiver, "content-encoding: gzip\r\n", b"no gzip").unwrap().status(), 400);
    let snappy = post(&receiver, "content-encoding: snappy\r\n", b"").unwrap();
    assert_eq!(snappy.status(), 400);
    let status = tonic_types::Status::decode(&*snappy.body).unwrap();
    assert_eq!(status.message, "not readable: content-encoding snappy");

    let seen = receiver.requests();
    assert_eq!(seen[2].malformed.as_deref(), Some("content-encoding snappy"));
    assert!(seen.iter().all(|seen| seen.malformed.is_some() && !seen.accepted));
    assert_eq!(post_count(&receiver, 1).unwrap().status(), 503);
}

#[tokio::test]
async fn over_grpc_it_keeps_path_metadata_and_body() {
    let receiver = Receiver::start();
    assert_eq!(call(&receiver, 3).await.unwrap().partial_success, None);

    let [seen] = &receiver.requests()[..] else { panic!("expected one request") };
    assert_eq!(seen.transport, Transport::Grpc);
    assert_eq!(seen.path, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
    assert_eq!(seen.header("x-team"), Some("blue"));
    assert_eq!(seen.encoding, "gzip");
    assert_eq!(seen.body, counted(3));
    assert!(seen.accepted);
}

#[test]
fn http_is_answered_as_told() {
    let receiver = Receiver::start();
    receiver.answer(Answer::status(401));
    receiver.answer_next(1, Answer::retry_after(429, "7"));
    let wait = Duration::from_millis(1500);
    receiver.answer_next(1, Answer::code_retry_after(Code::Unavailable, "soon", wait));
    receiver.answer_next(1, Answer::partial(2, "too old"));

    let refused = post_count(&receiver, 1).unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.head.contains("retry-after: 7"), "{}", refused.head);
    let unavailable = post_count(&receiver, 2).unwrap();
    assert_eq!(unavailable.status(), 503);
    assert!(unavailable.head.contains("retry-after: 2"), "{}", unavailable.head);
    assert_eq!(tonic_types::Status::decode(&*unavailable.body).unwrap().message, "soon");
    let partial = post_count(&receiver, 3).unwrap();
    assert_eq!(partial.status(), 200);
    let partial = ExportMetricsServiceResponse::decode(&*partial.body).unwrap();
    let partial = partial.partial_success.unwrap();
    assert_eq!((partial.rejected_data_points, partial.error_message.as_str()), (2, "too old"));
    assert_eq!(post_count(&receiver, 4).unwrap().status(), 401);
    assert_eq!(post_count(&receiver, 5).unwrap().status(), 401);

    let accepted: Vec<_> = receiver.requests().iter().map(|seen| seen.accepted).collect();
    assert_eq!(accepted, [false, false, true, false, false]);
    receiver.answer(Answer::Ok);
    assert_eq!(post_count(&receiver, 6).unwrap().status(), 200);
    assert_eq!(receiver.totals().int("count", "route=/a status=200"), 9);
}

#[tokio::test]
async fn grpc_is_answered_as_told() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::partial(2, "too old"));
    let wait = Duration::from_millis(1500);
    receiver.answer_next(1, Answer::code_retry_after(Code::ResourceExhausted, "soon", wait));
    receiver.answer_next(1, Answer::code(Code::Unauthenticated, "who are you?"));
    receiver.answer_next(1, Answer::status(503));
    receiver.answer_next(1, Answer::status(503).body(""));

    let partial = call(&receiver, 1).await.unwrap().partial_success.unwrap();
    assert_eq!((partial.rejected_data_points, partial.error_message.as_str()), (2, "too old"));
    let exhausted = call(&receiver, 2).await.unwrap_err();
    assert_eq!((exhausted.code(), exhausted.message()), (Code::ResourceExhausted, "soon"));
    assert_eq!(exhausted.get_details_retry_info().unwrap().retry_delay, Some(wait));
    let unknown = call(&receiver, 3).await.unwrap_err();
    assert_eq!((unknown.code(), unknown.message()), (Code::Unauthenticated, "who are you?"));
    assert!(unknown.get_details_retry_info().is_none());
    // tonic parses the proxy's text as the beginning of a message.
    let proxy = call(&receiver, 4).await.unwrap_err();
    assert_eq!(proxy.code(), Code::Internal, "{proxy:?}");
    assert_eq!(call(&receiver, 5).await.unwrap_err().code(), Code::Unavailable);

    let accepted: Vec<_> = receiver.requests().iter().map(|seen| seen.accepted).collect();
    assert_eq!(accepted, [true, false, false, false, false]);
}

#[test]
fn an_http_connection_is_closed_without_an_answer_before_or_after_accepting() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::HangUp);
    receiver.answer_next(1, Answer::AcceptThenHangUp);
    post_count(&receiver, 1).unwrap_err();
    post_count(&receiver, 10).unwrap_err();
    assert_eq!(post_count(&receiver, 100).unwrap().status(), 200);
    assert_eq!(receiver.totals().int("count", "route=/a status=200"), 110);
}

#[tokio::test]
async fn a_grpc_connection_is_closed_without_an_answer_before_or_after_accepting() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::HangUp);
    receiver.answer_next(1, Answer::AcceptThenHangUp);
    call(&receiver, 1).await.unwrap_err();
    call(&receiver, 10).await.unwrap_err();
    call(&receiver, 100).await.unwrap();
    assert_eq!(receiver.totals().int("count", "route=/a status=200"), 110);
}

#[test]
fn who_waits_for_a_slow_answer_is_accepted_and_who_goes_is_not() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::Slow(Duration::from_millis(300)));
    receiver.answer_next(1, Answer::Slow(Duration::from_secs(3600)));
    assert_eq!(post_count(&receiver, 1).unwrap().status(), 200);
    assert!(receiver.requests()[0].accepted);

    std::thread::scope(|scope| {
        scope.spawn(|| post_count(&receiver, 10).unwrap_err());
        let seen = receiver.wait_for(2, SOON);
        assert!(!seen[1].accepted);
        receiver.stop();
    });
    receiver.restart();
    assert_eq!(post_count(&receiver, 100).unwrap().status(), 200);
    assert_eq!(receiver.totals().int("count", "route=/a status=200"), 101);
}

#[tokio::test]
async fn a_call_that_its_client_gave_up_is_not_accepted() {
    let receiver = Receiver::start();
    receiver.answer_next(1, Answer::Slow(Duration::from_millis(500)));
    let timeout = Duration::from_millis(100);
    tokio::time::timeout(timeout, call(&receiver, 1)).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(receiver.requests().len(), 1);
    assert!(!receiver.requests()[0].accepted);
}

#[tokio::test]
async fn stopped_it_refuses_connections_and_restarted_it_has_the_same_ports() {
    let receiver = Receiver::start();
    let endpoints = (receiver.http_endpoint(), receiver.grpc_endpoint());
    let mut kept = MetricsServiceClient::connect(receiver.grpc_endpoint()).await.unwrap();
    kept.export(counted(1)).await.unwrap();
    for round in 1..=3 {
        receiver.stop();
        let refused = post_count(&receiver, 1).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        call(&receiver, 1).await.unwrap_err();
        kept.export(counted(1)).await.unwrap_err();
        receiver.restart();
        assert_eq!(post_count(&receiver, 10).unwrap().status(), 200);
        call(&receiver, 10).await.unwrap();
        assert_eq!(receiver.totals().int("count", "route=/a status=200"), 1 + 20 * round);
    }
    assert_eq!((receiver.http_endpoint(), receiver.grpc_endpoint()), endpoints);
    receiver.clear();
    assert!(receiver.requests().is_empty());
}

#[test]
fn totals_add_deltas_up_and_take_the_latest_of_what_is_cumulative() {
    let receiver = Receiver::start();
    let send = |body: ExportMetricsServiceRequest| {
        assert_eq!(post(&receiver, "", &body.encode_to_vec()).unwrap().status(), 200);
    };
    let cumulative = |time, value| sum(AggregationTemporality::Cumulative, time, value);
    send(request("total", cumulative(20, Number::AsDouble(2.5))));
    send(request("total", cumulative(10, Number::AsDouble(1.5)))); // older, sent later
    send(request("delta", sum(AggregationTemporality::Delta, 20, Number::AsDouble(0.5))));
    send(request("delta", sum(AggregationTemporality::Delta, 10, Number::AsDouble(0.25))));
    send(request("time", histogram(0.5, 1.5, &[1, 1, 0])));
    send(request("time", histogram(1.0, 4.0, &[1, 0, 1])));
    for (time, value) in [(10, 7), (20, 5)] {
        let Data::Sum(Sum { data_points, .. }) = cumulative(time, Number::AsInt(value)) else {
            unreachable!("it is a sum")
        };
        send(request("level", Data::Gauge(Gauge { data_points })));
    }

    let totals = receiver.totals();
    assert_eq!(totals.resource["service.name"], "shop");
    assert_eq!(totals.double("total", "route=/a status=200"), 2.5);
    assert_eq!(totals.metric("total").kind, "counter cumulative");
    assert_eq!(totals.double("delta", "route=/a status=200"), 0.75);
    assert_eq!(totals.metric("delta").kind, "counter delta");
    assert_eq!(totals.int("level", "route=/a status=200"), 5);
    assert_eq!(totals.metric("level").kind, "gauge");
    let time = totals.metric("time");
    assert_eq!((time.kind.as_str(), time.scope.as_str()), ("histogram delta", "tests 1.0"));
    assert_eq!((time.unit.as_str(), time.description.as_str()), ("{request}", "What came in."));
    let histogram = Total::Histogram {
        count: 4,
        sum: 7.0,
        min: 0.5,
        max: 4.0,
        bounds: vec![1.0, 2.0],
        buckets: vec![2, 1, 1],
    };
    assert_eq!(totals.total("time", ""), &histogram);
    assert_eq!(totals.count("time", ""), 4);
}

#[test]
#[should_panic(expected = "1 requests were read")]
fn waiting_in_vain_tells_what_was_read() {
    let receiver = Receiver::start();
    post_count(&receiver, 1).unwrap();
    receiver.wait_for(2, Duration::from_millis(50));
}
