//! The process whose metrics the page shows.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde::Serialize;

/// The process, as far as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Process {
    name: &'static str,
    pid: u32,
    /// Differs after every start of the program. A forked child has the id of its parent, and
    /// another `pid`.
    id: &'static str,
    /// Seconds since the process began.
    uptime: f64,
}

struct Start {
    name: String,
    id: String,
    /// The age of the process at `noted`.
    age: Duration,
    noted: Instant,
}

static START: LazyLock<Start> = LazyLock::new(|| Start {
    name: name(),
    // The standard library has no random number but the seed of its hash maps.
    id: format!("{:016x}", RandomState::new().hash_one(std::process::id())),
    age: age().unwrap_or_default(),
    noted: Instant::now(),
});

impl Process {
    /// This process now.
    pub(super) fn now() -> Self {
        let start = &*START;
        let uptime = start.age + start.noted.elapsed();
        // Milliseconds are enough, and shorter to send.
        let uptime = (uptime.as_secs_f64() * 1e3).round() / 1e3;
        Self { name: &start.name, pid: std::process::id(), id: &start.id, uptime }
    }
}

/// The name of the program's file.
fn name() -> String {
    let path = std::env::current_exe().ok().or_else(|| std::env::args_os().next().map(Into::into));
    let name = path.as_deref().and_then(Path::file_stem);
    name.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The age of the process, from `/proc`. Other systems have no `/proc`: there, the process is as
/// old as the first use of the page.
fn age() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let booted: f64 = uptime.split(' ').next()?.parse().ok()?;
    Duration::try_from_secs_f64(booted - started(&stat)?).ok()
}

/// The seconds between the system's start and the start of the process, of which `stat` is
/// `/proc/self/stat`.
fn started(stat: &str) -> Option<f64> {
    // The name of the program, in parentheses, may contain blanks and parentheses. `starttime` is
    // field 22 of proc_pid_stat(5), in units of `USER_HZ`, which is 100 on all systems that Rust
    // builds for. Field 3 follows the name.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: f64 = fields.split(' ').nth(22 - 3)?.parse().ok()?;
    Some(ticks / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_found_behind_any_name() {
        let fields = "S 1 2 3 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 8712345 0 0";
        for name in ["sh", "a b", "a) S 1", "(("] {
            assert_eq!(started(&format!("4711 ({name}) {fields}")), Some(87123.45), "{name}");
        }
        assert_eq!(started("4711 (sh) S 1 2"), None);
        assert_eq!(started(""), None);
    }

    #[test]
    fn the_uptime_grows_and_the_identity_stays() {
        let first = Process::now();
        std::thread::sleep(Duration::from_millis(5));
        let second = Process::now();
        assert!(second.uptime > first.uptime, "{first:?} {second:?}");
        assert_eq!((first.id, first.pid, first.name), (second.id, second.pid, second.name));
        assert_eq!((first.id.len(), first.pid), (16, std::process::id()));
        // Cargo names the file of a test after the crate, and appends a hash.
        assert!(first.name.starts_with("typed_metrics_prometheus"), "{first:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_knows_the_age() {
        // The start is rounded down to 10 ms.
        let age = age().unwrap();
        assert!(age < Duration::from_secs(24 * 60 * 60), "{age:?}");
    }
}
