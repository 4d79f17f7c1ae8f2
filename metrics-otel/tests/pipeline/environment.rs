//! Pipelines configured by the standard variables. A process cannot change its own environment
//! safely, so each case runs this program again as a process of its own.

use std::process::Command;
use std::time::{Duration, Instant};

use typed_metrics::{
    Metric, attributes, clear_metric_handlers, flush, register_metric, set_metric_handlers,
    shutdown,
};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, Protocol, Temporality};
use typed_metrics_receiver::{Answer, Exponential, Receiver, Total, Totals};

use crate::pipelines::PROTOCOLS;

#[derive(Metrics)]
#[metrics(prefix = "environment")]
enum Environment {
    #[counter]
    Count,
    #[histogram(unit = "s")]
    Duration,
    #[histogram(unit = "By", buckets = [10, 1000])]
    Size,
}

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_CASE";

/// The output of the process for a case, with these variables, and no other ones of OpenTelemetry
/// or of proxies.
pub(crate) fn run(case: &str, variables: &[(&str, &str)]) -> String {
    run_for_all(case, variables).0
}

/// Standard output and standard error of that process.
fn run_for_all(case: &str, variables: &[(&str, &str)]) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "environment::the_process_of_a_case", "--nocapture"]).env(CASE, case);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_lowercase();
        if text.starts_with("otel_") || text.ends_with("_proxy") {
            command.env_remove(name);
        }
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (printed, written) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{printed}{written}");
    (printed, written)
}

#[test]
fn the_process_of_a_case() {
    match std::env::var(CASE).as_deref() {
        Ok("by_name") => by_name(),
        Ok("in_code") => in_code(),
        Ok("one_flush") => {
            Environment::count().inc();
            set_metric_handlers("otel").unwrap();
            println!("{}", flush().unwrap_err());
        }
        Ok("exponential") => exponential(),
        Ok("exemplars") => {
            set_metric_handlers("otel").unwrap();
            Environment::count().inc();
            Environment::duration().record(0.5);
            shutdown().unwrap();
        }
        #[cfg(feature = "trace")]
        Ok("set_exemplars") => crate::exemplars::with_a_function_of_the_program(),
        Ok("short") => short(),
        Ok("error") => println!("{}", set_metric_handlers("otel").unwrap_err()),
        _ => {}
    }
}

fn by_name() {
    Environment::count().add(1);
    Environment::duration().record(0.5);
    set_metric_handlers(["otel"]).unwrap();
    flush().unwrap();
    clear_metric_handlers();
    Environment::count().add(2);
    set_metric_handlers(["OTel"]).unwrap();
    Environment::count().add(4);
    shutdown().unwrap();
}

fn exponential() {
    Environment::duration().record(0.5);
    set_metric_handlers("otel").unwrap();
    Environment::duration().record(0.25);
    [0, 3, 4000, 4001].into_iter().for_each(|value| Environment::size().record(value));
    let late = register_metric("environment.late", Metric::histogram("environment.late")).unwrap();
    late.record(-1, attributes!()).unwrap();
    shutdown().unwrap();
}

fn short() {
    Environment::count().inc();
    set_metric_handlers("otel").unwrap();
    let begin = Instant::now();
    let error = shutdown().unwrap_err();
    println!("{} ms: {error}", begin.elapsed().as_millis());
}

fn in_code() {
    let endpoint = std::env::var("TYPED_METRICS_ENDPOINT").unwrap();
    let handler = OtelHandler::otlp()
        .endpoint(endpoint)
        .protocol(Protocol::HttpProtobuf)
        .header("authorization", "Bearer ours")
        .temporality(Temporality::Cumulative)
        .service_name("of_code")
        .resource("team", "red")
        .build()
        .unwrap();
    Environment::count().add(8);
    set_metric_handlers(handler).unwrap();
    shutdown().unwrap();
}

#[test]
fn the_name_builds_a_pipeline_from_the_variables() {
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let (name, endpoint) = match protocol {
            Protocol::Grpc => ("grpc", receiver.grpc_endpoint()),
            _ => ("http/protobuf", receiver.http_endpoint()),
        };
        run(
            "by_name",
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", name),
                ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=blue%2Cgreen,authorization=Bearer%20theirs"),
                ("OTEL_EXPORTER_OTLP_COMPRESSION", "GZIP"),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
                ("OTEL_SDK_DISABLED", "0"),
                ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
                ("OTEL_SERVICE_NAME", "shop"),
                ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
            ],
        );
        let totals = receiver.totals();
        assert_eq!(totals.int("environment.count", ""), 7);
        assert_eq!(totals.count("environment.duration", ""), 1);
        assert_eq!(totals.metric("environment.count").kind, "counter delta");
        assert_eq!(totals.resource["service.name"], "shop");
        assert_eq!(totals.resource["deployment.environment.name"], "test");
        for seen in receiver.requests() {
            assert_eq!(seen.header("x-team"), Some("blue,green"));
            assert_eq!(seen.header("authorization"), Some("Bearer theirs"));
            assert_eq!(seen.encoding, "gzip");
        }
    }
}

#[test]
fn variables_for_metrics_win_and_their_endpoint_is_used_as_written() {
    let receiver = Receiver::start();
    run(
        "by_name",
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &format!("{}/mine", receiver.http_endpoint())),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=blue"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-team=red"),
        ],
    );
    assert_eq!(receiver.totals().int("environment.count", ""), 7);
    assert_eq!(receiver.totals().metric("environment.count").kind, "counter cumulative");
    let seen = &receiver.requests()[0];
    assert_eq!((seen.path.as_str(), seen.header("x-team")), ("/mine", Some("red")));
}

#[test]
fn the_path_for_metrics_is_appended_unless_present() {
    let paths = [
        ("", "/v1/metrics"),
        ("/", "/v1/metrics"),
        ("/v1/metrics", "/v1/metrics"),
        ("/v1/metrics/", "/v1/metrics"),
        ("/otlp", "/otlp/v1/metrics"),
        ("/otlp/?key=1", "/otlp/v1/metrics"),
    ];
    for (path, expected) in paths {
        let receiver = Receiver::start();
        let endpoint = format!("{}{path}", receiver.http_endpoint());
        run("by_name", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
        assert_eq!(receiver.requests()[0].path, expected, "{path}");
    }
}

#[test]
fn code_wins_over_variables() {
    let receiver = Receiver::start();
    run(
        "in_code",
        &[
            ("TYPED_METRICS_ENDPOINT", &receiver.http_endpoint()),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20theirs,x-team=blue"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
            ("OTEL_SERVICE_NAME", "of_variables"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=blue,tier=1"),
        ],
    );
    let totals = receiver.totals();
    assert_eq!(totals.int("environment.count", ""), 8);
    assert_eq!(totals.metric("environment.count").kind, "counter cumulative");
    assert_eq!(totals.resource["service.name"], "of_code");
    assert_eq!((&*totals.resource["team"], &*totals.resource["tier"]), ("red", "1"));
    let seen = &receiver.requests()[0];
    assert_eq!(seen.header("authorization"), Some("Bearer ours"));
    assert_eq!(seen.header("x-team"), Some("blue"));
}

#[test]
fn variables_can_disable_the_export() {
    for (name, value) in [("OTEL_SDK_DISABLED", "true"), ("OTEL_METRICS_EXPORTER", "none")] {
        let receiver = Receiver::start();
        let endpoint = receiver.http_endpoint();
        run("by_name", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), (name, value)]);
        assert_eq!(receiver.requests().len(), 0, "{name}");
    }
}

#[test]
fn exponential_histograms_can_be_requested() {
    let receiver = Receiver::start();
    let name = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    let (_, written) = run_for_all(
        "exponential",
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.http_endpoint()),
            (name, "base2_exponential_bucket_histogram"),
        ],
    );
    let said = format!(
        "`{name}` makes histograms exponential, but these are in use already and keep the buckets \
         of their definition: environment.duration; set the handler before they are recorded"
    );
    assert!(written.contains(&said), "{written}");
    let totals = receiver.totals();
    let Total::Histogram { count: 2, sum, .. } = totals.total("environment.duration", "") else {
        panic!("{totals:?}");
    };
    assert_eq!(*sum, 0.75);
    // The largest scale that fits is 3. There, 3 is above 2^(12 / 8), and 4000 above 2^(95 / 8).
    let buckets = Exponential {
        scale: 3,
        zeros: 1,
        positive: [(12, 1), (95, 2)].into(),
        ..Exponential::default()
    };
    let size = Total::Exponential { count: 4, sum: 8004.0, min: 0.0, max: 4001.0, buckets };
    assert_eq!(totals.total("environment.size", ""), &size);
    let late = totals.total("environment.late", "");
    let Total::Exponential { buckets, .. } = late else { panic!("{late:?}") };
    assert_eq!((buckets.scale, &buckets.negative), (20, &[(-1, 1)].into()));
}

#[test]
fn all_mistakes_are_reported_at_once_with_the_variable_and_the_fix() {
    let printed = run(
        "error",
        &[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "localhost:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no/such.pem"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "deltas"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team"),
        ],
    );
    let expected = [
        "handler `otel` could not be built: `OTEL_EXPORTER_OTLP_PROTOCOL` is `http`; write \
         `http/protobuf` or `grpc`",
        "`OTEL_EXPORTER_OTLP_CERTIFICATE` is `no/such.pem`, which cannot be read: No such file or \
         directory (os error 2); give the path of a PEM file",
        "`OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` is `localhost:4318`, which does not begin with \
         `http://` or `https://`; write `http://localhost:4318`",
        "`OTEL_METRIC_EXPORT_INTERVAL` is `0`; write a number of milliseconds above 0, such as \
         `60000`",
        "`OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` is `deltas`; write `cumulative`, \
         `delta` or `lowmemory`",
        "`OTEL_RESOURCE_ATTRIBUTES`: entry 1 has no `=`; write `name=value,name=value`, and a \
         comma inside a value as `%2C`",
        "`OTEL_EXPORTER_OTLP_HEADERS`: entry 1 has no `=`; write `name=value,name=value`, and a \
         comma inside a value as `%2C`",
        "`OTEL_EXPORTER_OTLP_COMPRESSION` is `zip`; write `gzip` or `none`",
        "`OTEL_EXPORTER_OTLP_TIMEOUT` is `10s`; write a number of milliseconds above 0, such as \
         `10000`",
    ];
    for mistake in expected {
        assert!(printed.contains(mistake), "{mistake}\n  is not in\n{printed}");
    }
}

#[test]
fn each_mistake_of_an_endpoint_has_its_own_fix() {
    let cases = [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "grpc://h:4317",
            "write `http://` or `https://` instead of `grpc://`",
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://", "which"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:99999", "is not a number up to 65535"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a b", "which is not a valid address"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://h:4318/v1/traces",
            "which is not an address for metrics; remove `/v1/traces`",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "which is not supported"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http//localhost:4318", "write `http://localhost:4318`"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https:/h:4318/x", "write `https://h:4318/x`"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "httpbin:4318", "write `http://httpbin:4318`"),
        ("OTEL_METRICS_EXPORTER", "zipkin", "and `zipkin` is not supported; write `otlp`, "),
        ("OTEL_METRICS_EXPORTER", "otlp,none", "write `none` alone"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "on", "write `always_off`, `always_on` or `trace_based`"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "1s", "write a number of milliseconds above 0"),
    ];
    for (name, value, said) in cases {
        let printed = run("error", &[(name, value)]);
        assert!(printed.contains(&format!("`{name}` is `{value}`")), "{printed}");
        assert!(printed.contains(said), "{printed}");
    }
    let secret = run("error", &[("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://me:secret@h/x")]);
    assert!(secret.contains("ftp://…@h/x") && !secret.contains("secret"), "{secret}");
    let port = "http://me:se/cret@h:x/?key=secret";
    let secret = run("error", &[("OTEL_EXPORTER_OTLP_ENDPOINT", port)]);
    assert!(secret.contains("http://…@h:x/?…") && !secret.contains("cret"), "{secret}");
}

#[test]
fn the_variable_for_exporters_takes_a_list() {
    let receiver = Receiver::start();
    let endpoint = receiver.http_endpoint();
    let with = |list| {
        let variables =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), ("OTEL_METRICS_EXPORTER", list)];
        run("by_name", &variables)
    };
    let is_printed =
        |printed: &str| printed.lines().any(|line| line.starts_with("environment.count"));
    let count = || {
        let requests = receiver.requests();
        receiver.clear();
        if requests.is_empty() { 0 } else { Totals::of(&requests).int("environment.count", "") }
    };
    assert!(is_printed(&with("console, OTLP,")));
    assert_eq!(count(), 7);
    assert!(is_printed(&with("console")));
    assert_eq!(count(), 0);
    assert!(!is_printed(&with(" , ")));
    assert_eq!(count(), 7);
    let printed = run("error", &[("OTEL_METRICS_EXPORTER", "otlp,prometheus")]);
    let said = "`OTEL_METRICS_EXPORTER` names `prometheus`, and this program has no handler \
                `prometheus`; enable the feature `prometheus` of `typed-metrics`, or remove it from \
                `OTEL_METRICS_EXPORTER`";
    assert!(printed.contains(said), "{printed}");
}

#[test]
fn a_variable_without_effect_is_named_in_a_warning() {
    let receiver = Receiver::start();
    let endpoint = receiver.http_endpoint();
    let cases = [
        ("OTEL_CONFIG_FILE", "otel.yaml", "configuration files are not read"),
        ("OTEL_EXPERIMENTAL_CONFIG_FILE", "otel.yaml", "configuration files are not read"),
        ("OTEL_ENTITIES", "service{}", "write the attributes in `OTEL_RESOURCE_ATTRIBUTES`"),
        ("OTEL_EXPORTER_OTLP_METRIC_INSECURE", "true", "`OTEL_EXPORTER_OTLP_METRICS_INSECURE`"),
        ("OTEL_LOG_LEVEL", "debug", "set the level in the program's logger"),
        #[cfg(not(feature = "trace"))]
        (
            "OTEL_METRICS_EXEMPLAR_FILTER",
            "trace_based",
            "the feature `otel-trace` is not compiled in",
        ),
    ];
    for (name, value, said) in cases {
        let to = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint);
        let (_, written) = run_for_all("by_name", &[to, (name, value)]);
        assert!(written.contains(&format!("`{name}` is ")) && written.contains(said), "{written}");
        let (_, written) = run_for_all("by_name", &[to, (name, "")]);
        assert_eq!(written, "", "{name}");
    }
    let off = ("OTEL_METRICS_EXEMPLAR_FILTER", "always_off");
    let (_, written) = run_for_all("by_name", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), off]);
    assert_eq!(written, "");
}

#[test]
fn the_time_limits_of_an_attempt_and_of_an_export_are_honoured() {
    for name in ["OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_METRIC_EXPORT_TIMEOUT"] {
        let receiver = Receiver::start();
        receiver.answer_next(1, Answer::Slow(Duration::from_secs(30)));
        let endpoint = receiver.http_endpoint();
        let begin = Instant::now();
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), (name, "300")];
        let printed = run("one_flush", &variables);
        assert!(printed.contains("no answer "), "{printed}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}

#[test]
fn a_short_program_does_not_wait_for_a_host_whose_name_is_unknown() {
    for protocol in PROTOCOLS {
        let name = if *protocol == Protocol::Grpc { "grpc" } else { "http/protobuf" };
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://no-such-host.invalid:4318");
        let printed = run("short", &[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", name)]);
        let line = printed.lines().find_map(|line| line.split_once(" ms: "));
        let (ms, error) = line.unwrap_or_else(|| panic!("{printed}"));
        let ms = ms.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
        assert!(ms <= 500, "{name}: {ms} ms: {error}");
        assert!(error.contains("given up"), "{name}: {error}");
    }
}

#[test]
fn a_percent_sign_that_encodes_nothing_is_refused() {
    for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_RESOURCE_ATTRIBUTES"] {
        for value in ["a=%zz", "a=100%", "a=%4", "a=%41,b=%zz"] {
            let printed = run("error", &[(name, value)]);
            let key = if value.contains("b=") { "b" } else { "a" };
            let said = format!(
                "`{name}`: the value of `{key}` is not percent-encoded UTF-8; write a `%` as `%25`"
            );
            assert!(printed.contains(&said), "{printed}");
        }
    }
}
