//! How far the service is, on standard error: from its own metrics.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, interval};
use typed_metrics::{SeriesSnapshot, Value, snapshot};

/// Waits for `work` and shows meanwhile what the counter `metric` says, in words for one and for any
/// other number: in one line that changes, on a terminal; in a line every two seconds elsewhere.
pub(crate) async fn during<T>(words: [&str; 2], metric: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let is_terminal = io::stderr().is_terminal();
    let mut ticks = interval(Duration::from_millis(if is_terminal { 50 } else { 2000 }));
    // The first tick comes at once.
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
    // `\x1b[K` clears what a longer line left.
    let (start, end) = if is_terminal { ("\r", "\x1b[K") } else { ("", "\n") };
    // Nobody has to watch.
    let _ = write!(io::stderr(), "{start}{line}{end}");
}

fn so_far([one, many]: [&str; 2], metric: &str) -> String {
    let count = count(metric);
    format!("{count} {}", if count == 1 { one } else { many })
}

/// All series of a counter of `u64` together.
fn count(metric: &str) -> u64 {
    let snapshot = snapshot();
    let series = snapshot.get(metric).map(|metric| metric.series.as_slice()).unwrap_or_default();
    let value =
        |series: &SeriesSnapshot| if let Value::U64(value) = series.value { value } else { 0 };
    series.iter().map(value).sum()
}
