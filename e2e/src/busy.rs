use std::error::Error;
use std::time::{Duration, Instant};

/// Keeps a thread busy for this long. Returns which part of all CPUs that took, read from `/proc` by
/// other means than the library's.
pub(crate) fn spin(time: Duration) -> Result<f64, Box<dyn Error>> {
    let (begin, ticks) = (Instant::now(), ticks()?);
    while begin.elapsed() < time {
        std::hint::spin_loop();
    }
    let taken = self::ticks()? - ticks;
    // Of which there are 100 in a second, wherever Linux runs.
    let seconds = taken as f64 / 100.0;
    let stat = std::fs::read_to_string("/proc/stat")?;
    let cpus = stat.lines().filter(|line| line.starts_with("cpu")).count() - 1;
    Ok(seconds / begin.elapsed().as_secs_f64() / cpus as f64)
}

/// The clock ticks that the process was running.
fn ticks() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    // `utime` and `stime`, fields 14 and 15; the first of these is field 3.
    let fields: Vec<_> = fields.split_whitespace().skip(11).take(2).collect();
    Ok(fields.into_iter().map(str::parse::<u64>).sum::<Result<u64, _>>()?)
}
