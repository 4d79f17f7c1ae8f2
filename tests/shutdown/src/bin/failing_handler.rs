//! A program whose handlers fail. The argument chooses a logger (`logger`), a silenced logger
//! (`silenced logger`, `silenced logger without fields`), or a failure whose text reports another
//! failure (`nested`). Without an argument, the program has no logger.

use typed_metrics::{
    HandlerError, Measurement, MetricHandler, Metrics, add_metric_handler, set_metric_handlers,
};

#[derive(Metrics)]
#[metrics(prefix = "failing")]
enum Failing {
    #[counter]
    Jobs,
    #[histogram]
    Sizes,
}

/// Fails at every export, and panics when it gets a measurement.
struct Broken(&'static str);

impl MetricHandler for Broken {
    fn name(&self) -> &str {
        self.0
    }

    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "failing.jobs"
    }

    fn measured(&self, _: &Measurement) {
        std::panic::resume_unwind(Box::new("no room"));
    }

    fn flush(&self) -> Result<(), HandlerError> {
        // The text is different each time.
        static TIMES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let times = TIMES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Err(format!("the disk is full, attempt {times}").into())
    }
}

/// An error whose `Display` records a value that is dropped, and takes a snapshot, which reports
/// the drop.
#[derive(Debug)]
struct Nested;

impl std::fmt::Display for Nested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Failing::sizes().record(f64::NAN);
        let _ = typed_metrics::snapshot();
        f.write_str("nested")
    }
}

impl std::error::Error for Nested {}

struct FailsNested;

impl MetricHandler for FailsNested {
    fn name(&self) -> &'static str {
        "nested"
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Err(Nested.into())
    }
}

/// A logger that writes to standard output.
struct Logger;

/// A logger that its level silences, as an environment variable silences many loggers.
struct Silenced {
    level: log::LevelFilter,
}

impl log::Log for Silenced {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= self.level
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{}", record.args());
    }

    fn flush(&self) {}
}

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{}: {}", record.level(), record.args());
    }

    fn flush(&self) {}
}

fn main() -> Result<(), typed_metrics::Error> {
    let logger = std::env::args().nth(1);
    match logger.as_deref() {
        Some("logger") => {
            log::set_logger(&Logger).expect("there is no other logger");
            log::set_max_level(log::LevelFilter::Info);
        }
        Some("silenced logger") => {
            static SILENCED: Silenced = Silenced { level: log::LevelFilter::Off };
            log::set_logger(&SILENCED).expect("there is no other logger");
        }
        // The maximum level is `Off` until a program sets another level.
        Some("silenced logger without fields") => {
            log::set_logger(&Logger).expect("there is no other logger");
        }
        Some("nested") => {
            let _shutdown = typed_metrics::shutdown_guard();
            return set_metric_handlers(FailsNested);
        }
        _ => {}
    }
    let _shutdown = typed_metrics::shutdown_guard();
    for _ in 0..3 {
        set_metric_handlers(Broken("a"))?;
        add_metric_handler(Broken("b"))?;
        Failing::jobs().inc();
        Failing::sizes().record(f64::NAN);
        let _ = typed_metrics::snapshot();
    }
    Ok(())
}
