//! Handlers configured by the variables. A process cannot change its own environment safely, so
//! each case runs this program again as a process of its own, in a folder of its own.

extern crate typed_metrics_core as typed_metrics;

use std::path::PathBuf;
use std::process::Command;

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers, shutdown};
use typed_metrics_derive::Metrics;
use typed_metrics_logfire::LogfireHandler;
use typed_metrics_receiver::Receiver;

#[derive(Metrics)]
#[metrics(prefix = "environment")]
enum Environment {
    #[counter]
    Count,
}

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_CASE";
const TOKEN: &str = "pylf_v1_us_s3cret";

/// A folder that is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("typed-metrics-logfire-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join(".logfire")).unwrap();
        Self(folder)
    }

    fn credentials(&self, text: &str) {
        std::fs::write(self.0.join(".logfire/logfire_credentials.json"), text).unwrap();
    }

    /// The output of the process for a case, with these variables and no other telemetry variables.
    fn run(&self, case: &str, variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_process_of_a_case", "--nocapture"]).env(CASE, case);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("OTEL_") || text.starts_with("LOGFIRE_") {
                command.env_remove(name);
            }
        }
        command.envs(variables.iter().copied()).current_dir(&self.0);
        let output = command.output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}{said}");
        assert!(!printed.contains("s3cret") && !said.contains("s3cret"), "{printed}{said}");
        printed
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn the_process_of_a_case() {
    match std::env::var(CASE).as_deref() {
        Ok("by_name") => by_name(&["logfire"]),
        Ok("otel_first") => by_name(&["otel", "logfire"]),
        Ok("logfire_first") => by_name(&["Logfire", "otel"]),
        Ok("instance_too") => {
            set_metric_handlers(("logfire", LogfireHandler::from_env().unwrap())).unwrap();
            Environment::count().add(7);
            shutdown().unwrap();
        }
        Ok("off_and_on") => {
            let set = || set_metric_handlers("logfire").unwrap();
            Environment::count().add(7);
            set();
            clear_metric_handlers();
            // The file can change while the program runs.
            let file = ".logfire/logfire_credentials.json";
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::remove_file(file).unwrap();
            set();
            clear_metric_handlers();
            std::fs::write(file, text).unwrap();
            set();
            shutdown().unwrap();
        }
        Ok("error") => match set_metric_handlers("logfire") {
            Ok(()) => println!("it is installed: {:?}", flush()),
            Err(error) => println!("{error}"),
        },
        _ => {}
    }
}

fn by_name(names: &[&str]) {
    Environment::count().add(1);
    set_metric_handlers(names).unwrap();
    flush().unwrap();
    clear_metric_handlers();
    Environment::count().add(2);
    set_metric_handlers(names).unwrap();
    Environment::count().add(4);
    shutdown().unwrap();
}

#[test]
fn the_name_sends_with_the_settings_of_the_variables() {
    let receiver = Receiver::start();
    Folder::new("name").run(
        "by_name",
        &[
            ("LOGFIRE_TOKEN", TOKEN),
            ("LOGFIRE_BASE_URL", &receiver.http_endpoint()),
            ("LOGFIRE_SERVICE_NAME", "shop"),
            ("LOGFIRE_SERVICE_VERSION", "3"),
            ("LOGFIRE_ENVIRONMENT", "test"),
            ("OTEL_SERVICE_NAME", "another"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.version=2,team=red"),
        ],
    );
    let totals = receiver.totals();
    assert_eq!(totals.int("environment.count", ""), 7);
    assert_eq!(totals.metric("environment.count").kind, "counter delta");
    let resource = &totals.resource;
    assert_eq!((&*resource["service.name"], &*resource["service.version"]), ("shop", "3"));
    assert_eq!((&*resource["deployment.environment.name"], &*resource["team"]), ("test", "red"));
    assert!(totals.metrics.contains_key("system.memory.utilization"));
}

#[test]
fn variables_of_opentelemetry_other_than_the_exporters_apply() {
    let receiver = Receiver::start();
    let url = receiver.http_endpoint();
    let ours = [("LOGFIRE_TOKEN", TOKEN), ("LOGFIRE_BASE_URL", &*url)];
    let folder = Folder::new("otel");
    folder.run("by_name", &[&ours[..], &[("OTEL_SERVICE_NAME", "shop")]].concat());
    folder.run("by_name", &[&ours[..], &[("OTEL_SERVICE_VERSION", "9")]].concat());
    assert_eq!(receiver.totals().resource["service.version"], "9");
    let before = receiver.requests().len();
    assert_eq!(
        typed_metrics_receiver::Totals::of(&receiver.requests()[..1]).resource["service.name"],
        "shop"
    );
    folder.run("by_name", &[&ours[..], &[("OTEL_SDK_DISABLED", "true")]].concat());
    assert_eq!(receiver.requests().len(), before);
    let printed =
        folder.run("error", &[&ours[..], &[("OTEL_METRIC_EXPORT_INTERVAL", "x")]].concat());
    assert!(printed.contains("`OTEL_METRIC_EXPORT_INTERVAL` is `x`"), "{printed}");
}

#[test]
fn settings_of_another_collector_are_ignored() {
    let (logfire, other) = (Receiver::start(), Receiver::start());
    for case in ["otel_first", "logfire_first"] {
        logfire.clear();
        other.clear();
        Folder::new(case).run(
            case,
            &[
                ("LOGFIRE_TOKEN", TOKEN),
                ("LOGFIRE_BASE_URL", &logfire.http_endpoint()),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &other.http_endpoint()),
                ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20theirs,x-key=theirs"),
                ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative"),
                ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "none"),
            ],
        );
        for receiver in [&logfire, &other] {
            assert_eq!(receiver.totals().int("environment.count", ""), 7, "{case}");
        }
        for seen in logfire.requests() {
            let header = |name| seen.header(name);
            assert_eq!(header("authorization"), Some(&*format!("Bearer {TOKEN}")));
            assert_eq!((header("x-key"), &*seen.encoding), (None, "gzip"));
        }
        assert_eq!(logfire.totals().metric("environment.count").kind, "counter delta");
        for seen in other.requests() {
            assert_eq!(seen.header("authorization"), Some("Bearer theirs"));
        }
        assert_eq!(other.totals().metric("environment.count").kind, "counter cumulative");
    }
    // A mistake in an ignored variable is not an error.
    Folder::new("mistakes").run(
        "by_name",
        &[
            ("LOGFIRE_TOKEN", TOKEN),
            ("LOGFIRE_BASE_URL", &logfire.http_endpoint()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no/such.pem"),
        ],
    );
}

#[test]
fn the_name_and_an_instance_of_the_same_variables_send_once() {
    let receiver = Receiver::start();
    let url = receiver.http_endpoint();
    let variables = [("LOGFIRE_TOKEN", TOKEN), ("LOGFIRE_BASE_URL", &*url)];
    Folder::new("instance").run("instance_too", &variables);
    assert_eq!(receiver.totals().int("environment.count", ""), 7);
}

#[test]
fn a_handler_set_again_continues_where_it_stopped() {
    let receiver = Receiver::start();
    let folder = Folder::new("off");
    let url = receiver.http_endpoint();
    folder.credentials(&format!(r#"{{"token": "{TOKEN}", "logfire_api_url": "{url}"}}"#));
    folder.run("off_and_on", &[("LOGFIRE_SEND_TO_LOGFIRE", "if-token-present")]);
    assert_eq!(receiver.totals().int("environment.count", ""), 7);
}

#[test]
fn the_credentials_file_has_token_and_address() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let folder = Folder::new("file");
    let url = receiver.http_endpoint();
    folder.credentials(&format!(r#"{{"token": "{TOKEN}", "logfire_api_url": "{url}"}}"#));
    folder.run("by_name", &[]);
    assert_eq!(receiver.totals().int("environment.count", ""), 7);
    assert_eq!(receiver.requests()[0].header("authorization"), Some("Bearer pylf_v1_us_s3cret"));
    // Variables name another folder and another address.
    let moved = folder.0.join(".logfire");
    let away = folder.0.join("away");
    std::fs::rename(moved, &away).unwrap();
    let away = away.to_str().unwrap();
    folder.run(
        "by_name",
        &[("LOGFIRE_CREDENTIALS_DIR", away), ("LOGFIRE_BASE_URL", &other.http_endpoint())],
    );
    assert_eq!(other.totals().int("environment.count", ""), 7);
    // With a token from the variable, the file is ignored.
    let another = "pylf_v1_us_s3cret_2";
    folder.run(
        "by_name",
        &[
            ("LOGFIRE_TOKEN", another),
            ("LOGFIRE_CREDENTIALS_DIR", away),
            ("LOGFIRE_BASE_URL", &other.http_endpoint()),
        ],
    );
    let last = other.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer pylf_v1_us_s3cret_2"));
}

#[test]
fn a_missing_token_is_an_error_with_the_fix_unless_it_is_allowed() {
    let folder = Folder::new("none");
    for variables in [&[][..], &[("LOGFIRE_TOKEN", "")], &[("LOGFIRE_SEND_TO_LOGFIRE", "true")]] {
        assert!(
            folder.run("error", variables).contains(
                "handler `logfire` could not be built: there is no token for Logfire: create a \
                 write token in the settings of your project (https://logfire.pydantic.dev) and \
                 set `LOGFIRE_TOKEN`, or set `LOGFIRE_SEND_TO_LOGFIRE=if-token-present` to run \
                 without a token"
            ),
            "{variables:?}"
        );
    }
    for quiet in ["if-token-present", "no", "False"] {
        let printed = folder.run("error", &[("LOGFIRE_SEND_TO_LOGFIRE", quiet)]);
        assert!(printed.contains("it is installed: Ok(())"), "{quiet}: {printed}");
    }
    let receiver = Receiver::start();
    let url = receiver.http_endpoint();
    let ours = [("LOGFIRE_TOKEN", TOKEN), ("LOGFIRE_BASE_URL", &*url)];
    folder.run("by_name", &[&ours[..], &[("LOGFIRE_SEND_TO_LOGFIRE", "0")]].concat());
    assert_eq!(receiver.requests().len(), 0);
    folder
        .run("by_name", &[&ours[..], &[("LOGFIRE_SEND_TO_LOGFIRE", "if-token-present")]].concat());
    assert_eq!(receiver.totals().int("environment.count", ""), 7);
}

#[test]
fn each_mistake_is_reported_with_its_fix_and_without_the_token() {
    let folder = Folder::new("mistakes-of-variables");
    let cases: [(&[(&str, &str)], &str); 6] = [
        (
            &[("LOGFIRE_TOKEN", "s3cret")],
            "`LOGFIRE_TOKEN` is not a write token of Logfire, which begins with `pylf_v1_`, the \
             region and `_`",
        ),
        (
            &[("LOGFIRE_TOKEN", "pylf_v1_mars_s3cret")],
            "`LOGFIRE_TOKEN` is for the region `mars`, which is not known",
        ),
        (
            &[("LOGFIRE_TOKEN", "pylf_v1_us_s3cret,pylf_v1_us s3cret")],
            "token 2 of `LOGFIRE_TOKEN` contains a blank",
        ),
        (
            &[("LOGFIRE_TOKEN", TOKEN), ("LOGFIRE_BASE_URL", "logfire.local")],
            "`LOGFIRE_BASE_URL` is `logfire.local`, which does not begin with `http://` or \
             `https://`",
        ),
        (
            &[("LOGFIRE_TOKEN", TOKEN), ("LOGFIRE_SEND_TO_LOGFIRE", "maybe")],
            "`LOGFIRE_SEND_TO_LOGFIRE` is `maybe`; write `yes`, `no` or `if-token-present`",
        ),
        // The folder exists, but a folder is in the place of the file.
        (
            &[("LOGFIRE_CREDENTIALS_DIR", "unreadable")],
            "the credentials file `unreadable/logfire_credentials.json` cannot be read",
        ),
    ];
    std::fs::create_dir_all(folder.0.join("unreadable/logfire_credentials.json")).unwrap();
    for (variables, said) in cases {
        let printed = folder.run("error", variables);
        assert!(printed.contains(said), "{said}\n  is not in\n{printed}");
    }
    let files = [
        (r#"{"token": "pylf_v1_us_s3cret""#, "is not JSON: EOF while parsing an object"),
        (r#""pylf_v1_us_s3cret""#, "has no string `token`"),
        (r#"{"token": 1, "x": "s3cret"}"#, "has no string `token`"),
        (
            r#"{"token": "s3cret"}"#,
            "`token` of `.logfire/logfire_credentials.json` is not a write token",
        ),
    ];
    for (text, said) in files {
        folder.credentials(text);
        let printed = folder.run("error", &[]);
        assert!(printed.contains(".logfire/logfire_credentials.json`"), "{printed}");
        assert!(printed.contains(said), "{said}\n  is not in\n{printed}");
    }
}
