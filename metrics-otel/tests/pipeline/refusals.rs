//! Refused batches: reported once with the reason and the fix, counted, and not sent again.

use std::time::{Duration, Instant};

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::{Answer, Code, Receiver};
use typed_metrics_turn::{logged, my_turn};

use crate::pipelines::{PROTOCOLS, deltas_to};

#[derive(Metrics)]
#[metrics(prefix = "refusals")]
enum Refusals {
    #[counter]
    Count,
}

fn refused() -> f64 {
    let snapshot = snapshot();
    let metric = snapshot.get("typed_metrics.otlp.dropped");
    let series = metric.and_then(|metric| metric.series_with(&[("reason", "refused")]));
    series.map_or(0.0, |series| series.value.as_f64())
}

fn interval() -> Result<(), typed_metrics::Error> {
    Refusals::count().inc();
    flush()
}

#[test]
fn a_refusal_is_logged_once_and_counted() {
    let _turn = my_turn();
    let http = [
        (400, "400 Bad Request: says the receiver: 400 Bad Request"),
        (401, "check the credentials: `header`, or `OTEL_EXPORTER_OTLP_HEADERS`"),
        (403, "check the credentials: `header`, or `OTEL_EXPORTER_OTLP_HEADERS`"),
        (404, "the server does not take metrics at `/v1/metrics`"),
        (413, "record fewer series, or raise the collector's limit"),
        (500, "500 Internal Server Error: says the receiver"),
    ];
    let http = http.map(|(status, said)| (Protocol::HttpProtobuf, Answer::status(status), said));
    let grpc = [
        (Code::InvalidArgument, "InvalidArgument: so it is"),
        (Code::Unauthenticated, "check the credentials"),
        (Code::PermissionDenied, "check the credentials"),
        (Code::ResourceExhausted, "ResourceExhausted: so it is"),
    ];
    let grpc = grpc.map(|(code, said)| (Protocol::Grpc, Answer::code(code, "so it is"), said));
    for (protocol, answer, said) in http.into_iter().chain(grpc) {
        if !PROTOCOLS.contains(&protocol) {
            continue;
        }
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, protocol).build().unwrap()).unwrap();
        receiver.answer_next(2, answer.clone());
        let before = refused();
        logged();
        let error = interval().unwrap_err().to_string();
        assert!(error.contains("refused: ") && error.contains(said), "{error}");
        interval().unwrap_err();
        let lines = logged();
        assert_eq!(lines.len(), 1, "{answer:?}: {lines:?}");
        assert!(lines[0].starts_with("ERROR: ") && lines[0].contains(said), "{lines:?}");
        assert!(refused() - before >= 2.0, "{answer:?}");
        // The refused batches are not sent again, and the next batch is sent.
        interval().unwrap();
        let accepted: Vec<_> = receiver.requests().iter().map(|seen| seen.accepted).collect();
        assert_eq!(accepted, [false, false, true], "{answer:?}");
        assert_eq!(receiver.totals().int("refusals.count", ""), 1);
        assert!(receiver.totals().int("typed_metrics.otlp.dropped", "reason=refused") >= 2);
        // After a success, a refusal is logged again.
        receiver.answer_next(1, answer.clone());
        interval().unwrap_err();
        assert_eq!(logged().len(), 1, "{answer:?}");
        clear_metric_handlers();
    }
}

#[test]
fn one_kind_of_refusal_is_logged_once_even_if_its_text_differs() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // ends before the receiver does
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler).unwrap();
    logged();
    for id in ["17", "18", "19"] {
        receiver.answer_next(1, Answer::status(401).body(format!("request {id}: no")));
        interval().unwrap_err();
    }
    assert_eq!(logged().len(), 1);
    clear_metric_handlers();
}

#[test]
fn a_redirection_reports_the_new_address() {
    let receiver = Receiver::start();
    let _turn = my_turn(); // dropped before the receiver
    let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
    set_metric_handlers(handler).unwrap();
    receiver.answer(Answer::status(308).header("location", "https://new.example/v1/metrics"));
    let error = interval().unwrap_err().to_string();
    assert!(error.contains("set https://new.example/v1/metrics as the endpoint"), "{error}");
    receiver.answer(Answer::Ok);
    clear_metric_handlers();
}

#[test]
fn rejected_data_points_are_logged_and_counted() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, *protocol).build().unwrap()).unwrap();
        receiver.answer_next(2, Answer::partial(3, "too old"));
        let before = refused();
        logged();
        interval().unwrap();
        interval().unwrap();
        let lines = logged();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("3 data points were rejected: too old"), "{lines:?}");
        assert_eq!(refused() - before, 6.0);
        clear_metric_handlers();
    }
}

fn json(body: &str) -> Answer {
    Answer::status(200).header("content-type", "application/json").body(body)
}

#[test]
fn data_points_that_are_rejected_in_json_are_counted() {
    let _turn = my_turn();
    for number in ["3", r#""3""#] {
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap();
        set_metric_handlers(handler).unwrap();
        let partial = format!(r#"{{"rejectedDataPoints":{number},"errorMessage":"too old"}}"#);
        receiver.answer_next(1, json(&format!(r#"{{"partialSuccess":{partial}}}"#)));
        let before = refused();
        logged();
        interval().unwrap();
        let lines = logged();
        assert!(lines.concat().contains("3 data points were rejected: too old"), "{lines:?}");
        assert_eq!(refused() - before, 3.0);
        clear_metric_handlers();
    }
}

#[test]
fn headers_are_sent_and_never_shown() {
    let _turn = my_turn();
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let builder = deltas_to(&receiver, *protocol)
            .header("authorization", "Bearer pylf_v1_us_secret")
            .header("X-Team", "blue");
        assert!(!format!("{builder:?}").contains("secret"));
        let handler = builder.timeout(Duration::from_secs(5)).build().unwrap();
        assert!(!format!("{handler:?}").contains("secret"));
        set_metric_handlers(handler).unwrap();
        logged();
        let parrot = "bad token: Bearer pylf_v1_us_secret";
        receiver.answer_next(
            1,
            match protocol {
                Protocol::Grpc => Answer::code(Code::Unauthenticated, parrot),
                _ => Answer::status(401).body(parrot),
            },
        );
        let error = interval().unwrap_err().to_string();
        assert!(error.contains("bad token: …") && !error.contains("secret"), "{error}");
        let lines = logged();
        assert!(!lines.concat().contains("secret"), "{lines:?}");
        let seen = &receiver.requests()[0];
        assert_eq!(seen.header("authorization"), Some("Bearer pylf_v1_us_secret"));
        assert_eq!(seen.header("x-team"), Some("blue"));
        let agent = seen.header("user-agent").unwrap();
        assert!(agent.starts_with("typed-metrics-otlp/"), "{agent}");
        clear_metric_handlers();
    }
}

#[test]
fn a_success_that_is_no_answer_of_otlp_is_none() {
    let _turn = my_turn();
    let page = || Answer::status(200).body("<!doctype html>\n<title>Log in</title>");
    let answers = [
        (page().header("content-type", "text/html; charset=utf-8"), "is a web page"),
        // Without a type, or with a wrong one.
        (page(), "is a web page"),
        (page().header("content-type", "application/x-protobuf"), "is a web page"),
        (
            Answer::status(200).header("content-type", "text/plain").body("hello"),
            "of the type `text/plain` is not one of OTLP",
        ),
        (
            Answer::status(200).header("content-type", "application/x-protobuf").body("hello"),
            "of the type `application/x-protobuf` is not one of OTLP",
        ),
        (json(r#"{"error":"no such route"}"#), "of the type `application/json` is not one of OTLP"),
        (json("{not JSON}"), "of the type `application/json` is not one of OTLP"),
        // Longer than what is read of an answer.
        (
            json(&format!(r#"{{"error":"{}"}}"#, "x".repeat(70_000))),
            "of the type `application/json` is not one of OTLP",
        ),
        (json("[]"), "of the type `application/json` is not one of OTLP"),
        (json(r#"{"partialSuccess":true}"#), "of the type `application/json` is not one of OTLP"),
    ];
    for (answer, said) in answers {
        let receiver = Receiver::start();
        let handler = deltas_to(&receiver, Protocol::HttpProtobuf);
        let handler = handler.shutdown_timeout(Duration::from_secs(5)).build().unwrap();
        set_metric_handlers(handler).unwrap();
        receiver.answer_next(2, answer.clone());
        logged();
        let error = interval().unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("check the endpoint"), "{error}");
        assert!(error.contains("wait in memory"), "{error}");
        let lines = logged();
        assert!(lines.len() == 1 && lines[0].starts_with("ERROR: "), "{lines:?}");
        // It is not waited for, and nothing is lost when the endpoint is right.
        let begin = Instant::now();
        interval().unwrap_err();
        assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        interval().unwrap();
        assert_eq!(receiver.requests().iter().filter(|seen| seen.accepted).count(), 3);
        clear_metric_handlers();
    }
    let answers = [
        Answer::status(200).body(""),
        Answer::status(204).body(""),
        json(" {}"),
        json(r#"{"partialSuccess":{}}"#),
        json(r#"{"partialSuccess":null}"#),
    ];
    for answer in answers {
        let receiver = Receiver::start();
        set_metric_handlers(deltas_to(&receiver, Protocol::HttpProtobuf).build().unwrap()).unwrap();
        receiver.answer_next(1, answer);
        interval().unwrap();
        clear_metric_handlers();
    }
}
