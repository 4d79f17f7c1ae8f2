//! A program without tokio that a signal ends. The guide shows this program.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let _shutdown = typed_metrics::shutdown_guard();
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            // On a thread: a second signal finds no handlers, and ends the program at once.
            std::thread::spawn(move || {
                typed_metrics::clear_metric_handlers(); // exports the last values
                emulate_default_handler(signal).unwrap(); // ends the program
            });
        }
    });
    typed_metrics::set_metric_handlers("console")?;
    if std::env::args().any(|argument| argument == "slow") {
        typed_metrics::add_metric_handler(typed_metrics_shutdown::Slow)?;
    }
    work();
    Ok(())
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn work() {
    use typed_metrics::Metrics;

    #[derive(Metrics)]
    #[metrics(prefix = "service")]
    enum Service {
        #[counter]
        Jobs,
    }
    Service::jobs().add(7);
    eprintln!("ready");
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}
