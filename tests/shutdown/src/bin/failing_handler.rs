//! A handler that fails, in a program with a logger (`logger`), with a silenced one (`silenced
//! logger`, `silenced logger without fields`), or without one. The text of the failure may report
//! another failure (`nested`).

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

/// Says `lost <n>` whenever it should export, and panics when it gets a measurement.
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
        // Another text each time.
        static TIMES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let times = TIMES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Err(format!("the disk is full, attempt {times}").into())
    }
}

/// An error whose text records something that is dropped, and takes a snapshot, which reports it.
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

/// Writes to standard output.
struct Logger;

/// As the logger that the environment silences.
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
            log::set_logger(&Logger).expect("there is no other one");
            log::set_max_level(log::LevelFilter::Info);
        }
        Some("silenced logger") => {
            static SILENCED: Silenced = Silenced { level: log::LevelFilter::Off };
            log::set_logger(&SILENCED).expect("there is no other one");
        }
        // `Off` is the level until a program sets another one.
        Some("silenced logger without fields") => {
            log::set_logger(&Logger).expect("there is no other one");
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
