//! The back end named "logfire" is there with the feature, and only with it; and its example.

use typed_metrics::set_metric_handlers;

#[test]
#[cfg(not(feature = "logfire"))]
fn without_the_feature_the_error_names_it() {
    let error = set_metric_handlers("logfire").unwrap_err().to_string();
    assert!(error.contains("feature `logfire`"), "{error}");
}

#[cfg(feature = "logfire")]
mod example {
    use std::path::Path;
    use std::process::Command;

    use super::set_metric_handlers;
    use typed_metrics::logfire::{LogfireHandler, Send};
    use typed_metrics_receiver::{Receiver, Totals};

    /// The example, which `cargo test` has built beside this test, with nothing of telemetry in its
    /// environment.
    fn logfire_export() -> Command {
        let test = std::env::current_exe().unwrap();
        let target = test.parent().and_then(Path::parent).unwrap();
        let program = target.join("examples/logfire_export");
        let program = program.with_extension(std::env::consts::EXE_EXTENSION);
        assert!(program.is_file(), "`logfire_export` is not built; run `cargo test`");
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy();
            if shown.starts_with("OTEL_") || shown.starts_with("LOGFIRE_") {
                command.env_remove(name);
            }
        }
        command.current_dir(std::env::temp_dir());
        command
    }

    /// What a receiver has of the shop that was open for so many seconds.
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
        // Long enough for a utilization.
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

    // The facade leads to the handler, by instance too.
    #[test]
    fn a_handler_that_may_be_without_a_token_is_installed_and_sends_nothing() {
        let handler = LogfireHandler::builder().send(Send::No).build().unwrap();
        set_metric_handlers(handler).unwrap();
        typed_metrics::shutdown().unwrap();
    }
}
