//! macOS and Windows: the metrics read through `sysinfo`, compared with the standard library and
//! `cpu-time`.

#![cfg(any(target_os = "macos", windows))]

use std::thread;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};
use typed_metrics_core::{Snapshot, snapshot};
use typed_metrics_system::{Set, install};

fn find(snapshot: &Snapshot, name: &str) -> Option<f64> {
    Some(snapshot.get(name).unwrap().series.first()?.value.as_f64())
}

#[test]
fn basic_metrics_exist_and_missing_ones_are_reported() {
    let missing: Vec<_> = match install(Set::Basic) {
        Ok(()) => Vec::new(),
        Err(unavailable) => unavailable.metrics().collect(),
    };
    let expected: &[&str] = if cfg!(windows) { &["system.cpu.load_average.1m"] } else { &[] };
    assert_eq!(missing, expected);

    thread::sleep(Duration::from_millis(210));
    let _ = snapshot();
    let (wall, cpu, start) = (Instant::now(), ProcessTime::now(), ThreadTime::now());
    while start.elapsed().as_secs_f64() < 0.8 {
        std::hint::spin_loop();
    }
    let snapshot = snapshot();
    let cores = cpu.elapsed().as_secs_f64() / wall.elapsed().as_secs_f64();
    let expected = cores / thread::available_parallelism().unwrap().get() as f64;
    let process = find(&snapshot, "process.cpu.utilization").unwrap();
    let ratio = process / expected;
    assert!((0.9..=1.1).contains(&ratio), "{process} is not {expected}");

    let part = 0.0..=1.0;
    let system = find(&snapshot, "system.cpu.simple_utilization").unwrap();
    assert!(part.contains(&system) && system > process - 0.1, "{system} of which {process}");
    let available = find(&snapshot, "system.memory.utilization").unwrap();
    assert!(part.contains(&available) && available > 0.0, "{available}");
    assert!(part.contains(&find(&snapshot, "system.swap.utilization").unwrap()));
    let processes = find(&snapshot, "system.process.count").unwrap();
    assert!(processes >= 1.0, "{processes}");
    let load = find(&snapshot, "system.cpu.load_average.1m");
    assert_eq!(load.is_some(), !cfg!(windows));

    let unavailable = install(Set::Full).unwrap_err();
    let named = unavailable.to_string();
    assert!(
        named.ends_with(&format!("read on Linux only; this is {}", std::env::consts::OS)),
        "{named}"
    );
    assert!(!named.contains("process.cpu.core_utilization"), "{named}");
    thread::sleep(Duration::from_millis(210));
    assert!(find(&typed_metrics_core::snapshot(), "process.cpu.core_utilization").is_some());
}
