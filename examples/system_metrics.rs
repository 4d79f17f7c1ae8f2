//! Prints the metrics of this process and of its host, which are read at every collection.
//!
//! ```sh
//! cargo run --example system_metrics --features system           # the six basic metrics
//! cargo run --example system_metrics --features system -- full   # all metrics
//! ```

use std::time::{Duration, Instant};

use typed_metrics::system::{self, Set};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let set = match std::env::args().nth(1).as_deref() {
        None => Set::Basic,
        Some("full") => Set::Full,
        Some(other) => return Err(format!("unknown argument `{other}`; write `full`").into()),
    };
    typed_metrics::set_metric_handlers("console")?;
    // The error lists the metrics that this platform cannot provide. All others are installed.
    if let Err(unavailable) = system::install(set) {
        eprintln!("system_metrics: {unavailable}");
    }

    // Keeps one core busy for half a second, so that there is something to see.
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(500) {
        std::hint::spin_loop();
    }
    // The metrics are in every snapshot, and every handler exports them.
    let snapshot = typed_metrics::snapshot();
    let cpu = snapshot.get("process.cpu.utilization").map(|metric| metric.series[0].value.as_f64());
    println!("this process used {:.0} % of the CPUs", cpu.unwrap_or_default() * 100.0);
    Ok(typed_metrics::shutdown()?)
}
