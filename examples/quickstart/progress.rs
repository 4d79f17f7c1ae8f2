//! How far the service is, on standard error: from its own metrics.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, interval};
use typed_metrics::snapshot;

/// Waits for `work` and shows meanwhile what the counter `metric` says: in one line that changes, on
/// a terminal; in a line every two seconds elsewhere.
pub(crate) async fn during<T>(what: &str, metric: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let is_terminal = io::stderr().is_terminal();
    let mut ticks = interval(Duration::from_millis(if is_terminal { 50 } else { 2000 }));
    // The first tick comes at once.
    ticks.tick().await;
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                show(&format!("{} {what} in {:.1?}", count(metric), start.elapsed()), is_terminal);
                if is_terminal {
                    eprintln!();
                }
                return done;
            }
            _ = ticks.tick() => show(&format!("{} {what}", count(metric)), is_terminal),
        }
    }
}

fn show(line: &str, is_terminal: bool) {
    // `\x1b[K` clears what a longer line left.
    let (start, end) = if is_terminal { ("\r", "\x1b[K") } else { ("", "\n") };
    // Nobody has to watch.
    let _ = write!(io::stderr(), "{start}{line}{end}");
}

/// All series of a counter together.
fn count(metric: &str) -> f64 {
    let snapshot = snapshot();
    let series = snapshot.get(metric).map(|metric| metric.series.as_slice()).unwrap_or_default();
    series.iter().map(|series| series.value.as_f64()).sum()
}
