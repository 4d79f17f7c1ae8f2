use std::error::Error;
use std::time::{Duration, Instant};

/// Keeps a thread busy for `time`. Returns the share of all CPUs that the process used in this
/// time. This function reads `/proc` itself, without the library.
pub(crate) fn spin(time: Duration) -> Result<f64, Box<dyn Error>> {
    let (begin, ticks) = (Instant::now(), ticks()?);
    while begin.elapsed() < time {
        std::hint::spin_loop();
    }
    let taken = self::ticks()? - ticks;
    // A second has 100 clock ticks on every Linux.
    let seconds = taken as f64 / 100.0;
    let stat = std::fs::read_to_string("/proc/stat")?;
    let cpus = stat.lines().filter(|line| line.starts_with("cpu")).count() - 1;
    Ok(seconds / begin.elapsed().as_secs_f64() / cpus as f64)
}

/// The CPU time of the process, in clock ticks.
fn ticks() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    // Fields 14 and 15 are `utime` and `stime`; the first item here is field 3.
    let fields: Vec<_> = fields.split_whitespace().skip(11).take(2).collect();
    Ok(fields.into_iter().map(str::parse::<u64>).sum::<Result<u64, _>>()?)
}
