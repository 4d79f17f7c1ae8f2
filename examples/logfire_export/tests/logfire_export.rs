//! Runs the example `logfire_export` as a user does, with a receiver in place of Logfire.

use std::process::Command;

use typed_metrics_receiver::{Receiver, Totals};

/// The example, without telemetry variables in its environment.
fn logfire_export() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logfire_export"));
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("OTEL_") || shown.starts_with("LOGFIRE_") {
            command.env_remove(name);
        }
    }
    command.current_dir(std::env::temp_dir());
    command
}

/// The data that a receiver has of a shop that was open for this many seconds.
fn sent(seconds: &str) -> Totals {
    let receiver = Receiver::start();
    let mut command = logfire_export();
    command.env("SHOP_SECONDS", seconds);
    command.env("LOGFIRE_TOKEN", "pylf_v1_us_s3cret");
    command.env("LOGFIRE_BASE_URL", receiver.http_endpoint());
    let output = command.env("LOGFIRE_SERVICE_NAME", "shop").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    receiver.totals()
}

#[test]
fn it_sends_what_the_shop_records() {
    let totals = sent("0");
    let requests = &totals.metric("shop.request_count").series;
    assert_eq!(requests.len(), 4, "{requests:?}");
    assert_eq!(totals.int("shop.request_count", "route=/api/search status_code=200"), 14);
    assert_eq!(totals.count("shop.request_duration", "endpoint=checkout"), 5);
    assert_eq!(totals.resource["service.name"], "shop");
}

#[test]
fn it_sends_the_basic_system_metrics() {
    // This is long enough for a utilization.
    let totals = sent("1");
    for name in [
        "process.cpu.utilization",
        "system.cpu.simple_utilization",
        "system.memory.utilization",
        "system.swap.utilization",
        "system.cpu.load_average.1m",
        "system.process.count",
    ] {
        assert_eq!(totals.metric(name).series.len(), 1, "{name}");
    }
}

#[test]
fn without_a_token_it_says_how_to_get_one() {
    let output = logfire_export().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("set `LOGFIRE_TOKEN`"), "{said}");
}
