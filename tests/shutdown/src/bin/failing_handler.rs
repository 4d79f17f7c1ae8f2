//! A handler that fails, in a program with a logger (`logger`) or without one.

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

/// Says "lost <n>" whenever it should export, and panics when it gets a measurement.
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

/// Writes to standard output.
struct Logger;

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
    if std::env::args().any(|argument| argument == "logger") {
        log::set_logger(&Logger).expect("there is no other one");
        log::set_max_level(log::LevelFilter::Info);
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
