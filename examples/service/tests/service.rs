//! Runs the service as a user does, drives it, and compares all numbers with those of the driver:
//! a scrape while it runs, and what a collector has after SIGTERM.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use service::load::drive;
use service::scrape::Scrape;
use typed_metrics_receiver::{Receiver, Total};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = format!("{name}-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A process that ends with the test at the latest.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The service, on ports and with a database of its own.
struct Service {
    process: Process,
    metrics: String,
    base: String,
    _stdout: BufReader<ChildStdout>,
    _folder: Folder,
}

impl Service {
    fn start(collector: &Receiver) -> Self {
        let folder = Folder::new("typed-metrics-service");
        let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
        for (variable, _) in std::env::vars_os() {
            let name = variable.to_string_lossy();
            if ["OPENAI_", "OTEL_", "TYPED_METRICS_"].iter().any(|prefix| name.starts_with(prefix))
            {
                command.env_remove(&variable);
            }
        }
        let process = command
            .current_dir(&folder.0)
            .env_remove("DATABASE_URL")
            .env("SERVICE_ADDRESS", "127.0.0.1:0")
            .env("OTEL_EXPORTER_PROMETHEUS_PORT", "0")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.http_endpoint())
            // Only the end of the service exports.
            .env("OTEL_METRIC_EXPORT_INTERVAL", "3600000")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut process = Process(process);
        let mut stdout = BufReader::new(process.0.stdout.take().unwrap());
        let mut address = |before: &str, after: char| {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let line = line.strip_prefix(before).unwrap_or_else(|| panic!("{line}"));
            line.split(after).next().unwrap().trim_end().to_owned()
        };
        let metrics = address("metrics at ", ',');
        let questions = address("questions at ", '\n');
        let base = questions.strip_suffix("/questions").unwrap().to_owned();
        Self { process, metrics, base, _stdout: stdout, _folder: folder }
    }

    async fn scrape(&self) -> Scrape {
        Scrape::get(&self.metrics).await.unwrap()
    }

    fn end(mut self) {
        kill(Pid::from_raw(self.process.0.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        assert!(self.process.0.wait().unwrap().success());
    }
}

/// Runs the driver as a user does.
fn load(arguments: &[&str], address: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    command.args(arguments).env("SERVICE_ADDRESS", address);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn the_driver_compares_the_metrics_and_fails_if_they_differ() {
    let collector = Receiver::start();
    let (service, idle) = (Service::start(&collector), Service::start(&collector));
    let address = service.base.strip_prefix("http://").unwrap();
    // The address of the variable, then that of the argument. What was counted before is no error.
    let of_variable = ["--metrics", &service.metrics];
    let of_argument = ["--metrics", &service.metrics, &service.base, "2"];
    for (arguments, address) in [(&of_variable[..], address), (&of_argument[..], "127.0.0.1:1")] {
        let same = load(arguments, address);
        let said = text(&same.stderr);
        assert!(same.status.success(), "{said}");
        let number = text(&same.stdout).lines().count();
        assert!(number > 15, "{said}");
        let line = format!(": {number} of {number} values are those of the driver\n");
        assert!(said.ends_with(&line), "{said}");
    }
    // The metrics of a service that nobody drives.
    let other = load(&["--metrics", &idle.metrics, &service.base, "2"], "127.0.0.1:1");
    assert_eq!(other.status.code(), Some(1));
    let line =
        "questions_asked_total{channel=\"web\",plan=\"free\"} grew by 0, and should grow by 1\n";
    assert!(text(&other.stderr).contains(line), "{}", text(&other.stderr));
    // Nobody serves metrics there.
    let none = load(&["--metrics", "http://127.0.0.1:1/metrics"], address);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("no metrics at http://127.0.0.1:1/metrics"));
}

#[test]
fn the_driver_says_how_it_is_used() {
    let help = load(&["--help"], "127.0.0.1:1");
    assert!(help.status.success());
    for word in ["SERVICE_ADDRESS", "--metrics URL", "ROUNDS"] {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
    for (wrong, error) in [
        (&["--rounds"][..], "`--rounds` is no option; `--help` lists them"),
        (
            &["http://127.0.0.1:1", "10001"],
            "`10001` is no number of rounds; give one from 0 to 10000",
        ),
        (&["--metrics"], "`--metrics` needs a URL after it"),
    ] {
        let refused = load(wrong, "127.0.0.1:1");
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains(error), "{}", text(&refused.stderr));
    }
}

#[tokio::test]
async fn all_numbers_are_those_of_the_driver() {
    let collector = Receiver::start();
    let service = Service::start(&collector);
    let rounds = 24;
    let before = service.scrape().await;
    let expected = drive(&service.base, rounds).await.unwrap();
    let scrape = service.scrape().await;
    assert!(expected.iter().count() > 10);
    assert_eq!(expected.differences(&before, &scrape).unwrap(), Vec::<String>::new());
    // Instruments that the driver does not see are there, too.
    for (series, least) in [
        ("tokio_runtime_worker_count{tokio_runtime_name=\"main\"}", 1.0),
        ("tokio_runtime_worker_busy_time_seconds_total{tokio_runtime_name=\"main\"}", 0.001),
        ("tokio_task_active{tokio_task_name=\"cleanup\"}", 1.0),
        ("function_duration_seconds_count{function=\"remove\"}", 1.0),
        ("process_cpu_time_seconds_total", 0.01),
        ("db_client_connection_max", 5.0),
    ] {
        let value = scrape.sum(series).unwrap();
        assert!(value >= least, "{series} is {value} in\n{scrape:?}");
    }

    // A second round of requests is exported only at the end.
    assert_eq!(collector.requests().len(), 0);
    let again = drive(&service.base, 3).await.unwrap();
    service.end();
    collector.wait_for(1, Duration::from_secs(10));
    let totals = collector.totals();
    let count = |name: &str, labels: &str| {
        let metric = totals.metrics.get(name).unwrap_or_else(|| panic!("no {name}"));
        let series = metric.series.iter().filter(|(found, _)| {
            labels.split_whitespace().all(|label| found.split(' ').any(|other| other == label))
        });
        let count = |total: &Total| match total {
            Total::Histogram { count, .. } => *count,
            Total::Int(value) => (*value).try_into().unwrap(),
            other => panic!("{other:?}"),
        };
        series.map(|(_, total)| count(total)).sum::<u64>()
    };
    let sum = |prefix: &str| {
        let of = |expected: &service::load::Expected| {
            expected.iter().filter(|(series, _)| series.starts_with(prefix)).map(|(_, n)| n).sum()
        };
        let (first, second): (u64, u64) = (of(&expected), of(&again));
        first + second
    };
    assert_eq!(count("questions.asked", ""), sum("questions_asked_total"));
    assert_eq!(count("questions.answer.duration", "outcome=ok"), sum("questions_answer_duration"));
    let requests = sum("http_server_request_duration");
    assert_eq!(requests, 6 * (rounds as u64 + 3));
    assert_eq!(count("http.server.request.duration", ""), requests);
    assert_eq!(count("gen_ai.client.inference.duration", ""), rounds as u64 + 3);
    let queries = sum("db_client_operation_duration_seconds_count{db_query_summary=\"SELECT\"}");
    assert_eq!(count("db.client.operation.duration", "db.query.summary=SELECT"), queries);
    // The task was dropped with the runtime, before the last export.
    assert_eq!(count("tokio.task.duration", "tokio.task.name=cleanup outcome=cancelled"), 1);
    assert_eq!(count("tokio.task.active", "tokio.task.name=cleanup"), 0);
}
