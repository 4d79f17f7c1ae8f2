//! Prints the progress of the service on standard error. The numbers come from its own metrics.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, interval};
use typed_metrics::{SeriesSnapshot, Value, snapshot};

/// Waits for `work`, and shows the value of the counter `metric` meanwhile. `words` follow the
/// number: the first text follows 1, and the second any other number. A terminal shows one line
/// that changes; otherwise a new line appears every two seconds.
pub(crate) async fn during<T>(words: [&str; 2], metric: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let is_terminal = io::stderr().is_terminal();
    let mut ticks = interval(Duration::from_millis(if is_terminal { 50 } else { 2000 }));
    // The first tick is immediate.
    ticks.tick().await;
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => {
                let line = format!("{} in {:.1?}", so_far(words, metric), start.elapsed());
                show(&line, is_terminal);
                if is_terminal {
                    eprintln!();
                }
                return result;
            }
            _ = ticks.tick() => show(&so_far(words, metric), is_terminal),
        }
    }
}

fn show(line: &str, is_terminal: bool) {
    // `\x1b[K` clears the rest of a longer line.
    let (start, end) = if is_terminal { ("\r", "\x1b[K") } else { ("", "\n") };
    // The progress is optional, so an error is ignored.
    let _ = write!(io::stderr(), "{start}{line}{end}");
}

fn so_far([one, many]: [&str; 2], metric: &str) -> String {
    let count = count(metric);
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The sum of all series of a counter of `u64`.
fn count(metric: &str) -> u64 {
    let snapshot = snapshot();
    let series = snapshot.get(metric).map(|metric| metric.series.as_slice()).unwrap_or_default();
    let value =
        |series: &SeriesSnapshot| if let Value::U64(value) = series.value { value } else { 0 };
    series.iter().map(value).sum()
}
