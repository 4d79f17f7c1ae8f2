//! Compares the full set with `/proc`, which the test reads itself.

#![cfg(target_os = "linux")]

extern crate typed_metrics_core as typed_metrics;

mod support;

use std::fs::{self, File};
use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::thread;
use std::time::Instant;

use cpu_time::ProcessTime;
use typed_metrics::{LabelValue, MetricType, ValueType, catalog, snapshot};
use typed_metrics_system::{Set, install};

use support::*;

/// Name, type, value type, unit and labels of the metrics that Logfire's Python SDK 4.41.0 exports
/// with `base="full"` on Linux and not with `base="basic"`. Metrics of Python itself
/// (`process.runtime.cpython.*`, `cpython.*`) are left out. In that SDK, the unit of
/// `system.swap.usage` is `pages`, although the values are bytes.
const ADDED: &[(&str, MetricType, ValueType, &str, &[&str])] = {
    use MetricType::{Counter, Gauge, UpDownCounter};
    use ValueType::{F64, I64, U64};
    &[
        ("process.cpu.core_utilization", Gauge, F64, "core", &[]),
        ("process.cpu.time", Counter, F64, "s", &["type"]),
        ("process.context_switches", Counter, U64, "", &["type"]),
        ("process.disk.io", Counter, U64, "By", &["direction"]),
        ("process.memory.usage", UpDownCounter, I64, "By", &[]),
        ("process.memory.virtual", UpDownCounter, I64, "By", &[]),
        ("process.open_file_descriptor.count", UpDownCounter, I64, "", &[]),
        ("process.thread.count", UpDownCounter, I64, "", &[]),
        ("system.thread_count", Gauge, U64, "", &[]),
        ("system.cpu.utilization", Gauge, F64, "1", &["state", "cpu"]),
        ("system.cpu.time", Counter, F64, "s", &["state", "cpu"]),
        ("system.memory.usage", Gauge, U64, "By", &["state"]),
        ("system.swap.usage", Gauge, U64, "By", &["state"]),
        ("system.disk.io", Counter, U64, "By", &["device", "direction"]),
        ("system.disk.operations", Counter, U64, "operations", &["device", "direction"]),
        ("system.disk.time", Counter, F64, "s", &["device", "direction"]),
        ("system.network.dropped_packets", Counter, U64, "packets", &["device", "direction"]),
        ("system.network.packets", Counter, U64, "packets", &["device", "direction"]),
        ("system.network.errors", Counter, U64, "errors", &["device", "direction"]),
        ("system.network.io", Counter, U64, "By", &["device", "direction"]),
        (
            "system.network.connections",
            UpDownCounter,
            I64,
            "connections",
            &["family", "type", "protocol", "state"],
        ),
    ]
};

#[test]
fn every_metric_of_logfires_python_sdk_on_linux_exists() {
    let _turn = my_turn();
    // At least one connection exists, even on an idle machine.
    let _listener = TcpListener::bind("127.0.0.1:0").unwrap();
    install(Set::Full).unwrap();
    let snapshot = snapshot();
    let mut names = Vec::new();
    for metric in snapshot.metrics.iter().filter(|metric| !metric.series.is_empty()) {
        names.push(metric.descriptor.name());
    }
    names.sort_unstable();
    let basic = BASIC.map(|(name, metric_type, value_type, unit, labels)| {
        (name, metric_type, value_type, unit, labels.iter().map(|(label, _)| *label).collect())
    });
    let added = ADDED.iter().map(|(name, metric_type, value_type, unit, labels)| {
        (*name, *metric_type, *value_type, *unit, labels.to_vec())
    });
    let full: Vec<(_, _, _, _, Vec<_>)> = basic.into_iter().chain(added).collect();
    let mut expected: Vec<_> = full.iter().map(|(name, ..)| *name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for (name, metric_type, value_type, unit, labels) in full {
        let metric = catalog().into_iter().find(|metric| metric.name() == name).unwrap();
        let is = (metric.metric_type(), metric.value_type(), metric.unit());
        assert_eq!(is, (metric_type, value_type, unit), "{name}");
        let is: Vec<_> = metric.labels().iter().map(|label| label.name()).collect();
        assert_eq!(is, labels, "{name}");
    }
}

#[test]
fn the_series_are_those_of_psutil_on_linux() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    let snapshot = snapshot();
    let series = |name: &str| {
        let metric = snapshot.get(name).unwrap();
        let mut all: Vec<_> =
            metric.series.iter().map(|series| series.labels.to_string()).collect();
        all.sort_unstable();
        all
    };
    let by_state = |states: &[&str]| {
        let mut all: Vec<_> = states.iter().map(|state| format!("state={state}")).collect();
        all.sort_unstable();
        all
    };
    let memory =
        ["active", "available", "buffers", "cached", "free", "inactive", "shared", "slab", "used"];
    assert_eq!(series("system.memory.utilization"), by_state(&memory));
    assert_eq!(series("system.memory.usage"), by_state(&[&memory[..], &["total"]].concat()));
    assert_eq!(series("system.swap.usage"), by_state(&["free", "used"]));
    assert_eq!(series("system.swap.utilization"), by_state(&["used"]));
    assert_eq!(series("process.cpu.time"), ["type=system", "type=user"]);
    assert_eq!(series("process.context_switches"), ["type=involuntary", "type=voluntary"]);
    assert_eq!(series("process.disk.io"), ["direction=read", "direction=write"]);

    let mut cpu = Vec::new();
    for state in ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"] {
        cpu.extend((1..=cpus()).map(|cpu| format!("state={state} cpu={cpu}")));
    }
    cpu.sort_unstable();
    assert_eq!(series("system.cpu.time"), cpu);
    assert_eq!(series("system.cpu.utilization"), cpu);

    let devices = |file: &str, name: fn(&str) -> Option<&str>, directions: [&str; 2]| {
        let text = read(file);
        let both = |device: &str| directions.map(|to| format!("device={device} direction={to}"));
        let mut all: Vec<_> = text.lines().filter_map(name).flat_map(both).collect();
        all.sort_unstable();
        all
    };
    let disks =
        devices("/proc/diskstats", |line| line.split_whitespace().nth(2), ["read", "write"]);
    for name in ["system.disk.io", "system.disk.operations", "system.disk.time"] {
        assert_eq!(series(name), disks, "{name}");
    }
    let networks = devices(
        "/proc/net/dev",
        |line| Some(line.split_once(':')?.0.trim()),
        ["receive", "transmit"],
    );
    for name in ["io", "packets", "errors", "dropped_packets"] {
        assert_eq!(series(&format!("system.network.{name}")), networks, "{name}");
    }
}

#[test]
fn numbers_in_labels_are_numbers() {
    let _turn = my_turn();
    let _listener = TcpListener::bind("127.0.0.1:0").unwrap();
    install(Set::Full).unwrap();
    let snapshot = snapshot();
    let label = |metric: &str, label: &str| {
        let series = &snapshot.get(metric).unwrap().series;
        series.iter().map(|series| series.labels.get(label).unwrap().clone()).collect::<Vec<_>>()
    };
    assert!(label("system.cpu.time", "cpu").contains(&LabelValue::Int(1)));
    assert!(label("system.network.connections", "family").contains(&LabelValue::Int(2)));
    assert!(label("system.network.connections", "type").contains(&LabelValue::Int(1)));
}

#[test]
fn memory_threads_and_file_descriptors_equal_proc() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    let files: Vec<_> = (0..10).map(|_| File::open("/dev/null").unwrap()).collect();
    assert_value("process.open_file_descriptor.count", &[], || {
        // Without the descriptor that reads the folder.
        fs::read_dir("/proc/self/fd").unwrap().count() as f64 - 1.0
    });
    drop(files);
    assert_value("process.thread.count", &[], || self_stat(20));
    assert_value("system.thread_count", &[], || self_stat(20));
    assert_value("process.memory.virtual", &[], || self_stat(23));
    let in_kb = |key: &str| number_after(&read("/proc/self/status"), key) * 1024.0;
    assert_value("process.memory.virtual", &[], || in_kb("VmSize:"));
    assert_value("process.memory.usage", &[], || in_kb("VmRSS:"));
}

#[test]
fn cpu_time_switches_and_storage_of_the_process_equal_the_kernels() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    next_window();
    let (before, cpu) = (snapshot(), ProcessTime::now());
    burn(0.3);
    let path = std::env::temp_dir().join(format!("typed-metrics-io-{}", std::process::id()));
    let mut file = File::create(&path).unwrap();
    file.write_all(&vec![1; 1 << 20]).unwrap();
    file.sync_all().unwrap();
    fs::remove_file(&path).unwrap();
    for _ in 0..50 {
        thread::sleep(std::time::Duration::from_millis(1));
    }
    let after = snapshot();
    let used = cpu.elapsed().as_secs_f64();
    let more =
        |name: &str, labels| after.find(name, labels).unwrap() - before.find(name, labels).unwrap();

    let time = more("process.cpu.time", &[("type", "user")])
        + more("process.cpu.time", &[("type", "system")]);
    assert!((time - used).abs() < 0.02, "{time} is not {used}");
    let voluntary = more("process.context_switches", &[("type", "voluntary")]);
    assert!((50.0..1000.0).contains(&voluntary), "{voluntary} after 50 sleeps");
    for (direction, key) in [("read", "read_bytes:"), ("write", "write_bytes:")] {
        let io = || number_after(&read("/proc/self/io"), key);
        assert_value("process.disk.io", &[("direction", direction)], io);
    }
    if number_after(&read("/proc/self/io"), "write_bytes:") > 0.0 {
        assert!(more("process.disk.io", &[("direction", "write")]) >= f64::from(1 << 20));
    }
}

#[test]
fn cpus_spend_their_time_in_one_state_at_a_time() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    next_window();
    let _ = snapshot();
    // The last CPU, whose number in the kernel is 1 less.
    let (last, line) = (cpus().to_string(), format!("cpu{}", cpus() - 1));
    let (wall, before) = (Instant::now(), stat(&line));
    burn(0.6);
    let snapshot = snapshot();
    let (wall, after) = (wall.elapsed().as_secs_f64(), stat(&line));
    let states = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
    let mut sum = 0.0;
    for (i, state) in states.into_iter().enumerate() {
        let labels = &[("state", state), ("cpu", &last)];
        let part = snapshot.find("system.cpu.utilization", labels).unwrap();
        let expected = (after[i] - before[i]) / 100.0 / wall;
        assert!((part - expected).abs() < 0.06, "{state}: {part} is not {expected}");
        sum += part;
        let time = snapshot.find("system.cpu.time", labels).unwrap();
        let near = before[i] / 100.0 - 0.001..=after[i] / 100.0 + 0.001;
        assert!(near.contains(&time), "{state}: {time} is not in {near:?}");
    }
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let core = snapshot.find("process.cpu.core_utilization", &[]).unwrap();
    let of_all = snapshot.find("process.cpu.utilization", &[]).unwrap();
    assert_eq!(core / cpus() as f64, of_all);
}

#[test]
fn memory_by_state_equals_proc() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    type Read = fn() -> f64;
    let states: [(&str, Read); 10] = [
        ("total", || meminfo("MemTotal")),
        ("available", || meminfo("MemAvailable")),
        ("used", || meminfo("MemTotal") - meminfo("MemAvailable")),
        ("free", || meminfo("MemFree")),
        ("active", || meminfo("Active")),
        ("inactive", || meminfo("Inactive")),
        ("buffers", || meminfo("Buffers")),
        ("cached", || meminfo("Cached") + meminfo("SReclaimable")),
        ("shared", || meminfo("Shmem")),
        ("slab", || meminfo("Slab")),
    ];
    for (state, read) in states {
        assert_value("system.memory.usage", &[("state", state)], read);
        if state != "total" {
            let part = || read() / meminfo("MemTotal");
            assert_value("system.memory.utilization", &[("state", state)], part);
        }
    }
    assert_value("system.swap.usage", &[("state", "free")], || meminfo("SwapFree"));
    assert_value("system.swap.usage", &[("state", "used")], || {
        meminfo("SwapTotal") - meminfo("SwapFree")
    });
}

#[test]
fn totals_of_devices_equal_proc() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    // Columns of `/proc/net/dev`, after the name.
    let network = |column: usize| {
        let text = read("/proc/net/dev");
        let line = text.lines().find_map(|line| line.trim().strip_prefix("lo:")).unwrap();
        line.split_whitespace().nth(column).unwrap().parse::<f64>().unwrap()
    };
    let before = value("system.network.packets", &[("device", "lo"), ("direction", "receive")]);
    let [from, to] = [(), ()].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    for _ in 0..20 {
        from.send_to(b"hello", to.local_addr().unwrap()).unwrap();
    }
    let columns = ["io", "packets", "errors", "dropped_packets"];
    for (i, name) in columns.into_iter().enumerate() {
        for (direction, first) in [("receive", 0), ("transmit", 8)] {
            let labels = &[("device", "lo"), ("direction", direction)];
            assert_value(&format!("system.network.{name}"), labels, || network(first + i));
        }
    }
    let after = value("system.network.packets", &[("device", "lo"), ("direction", "receive")]);
    assert!(after >= before + 20.0, "{after} after {before}");

    // The busiest disk; the numbers are columns of `/proc/diskstats`.
    let disks = read("/proc/diskstats");
    let column = |line: &str, at: usize| line.split_whitespace().nth(at).unwrap().to_owned();
    let reads = |line: &&str| column(line, 3).parse::<u64>().unwrap();
    let name = &column(disks.lines().max_by_key(reads).unwrap(), 2);
    let disk = |at: usize| {
        let disks = read("/proc/diskstats");
        let line = disks.lines().find(|line| column(line, 2) == *name).unwrap();
        column(line, at).parse::<f64>().unwrap()
    };
    for (direction, at) in [("read", 3), ("write", 7)] {
        let labels = &[("device", name.as_str()), ("direction", direction)];
        assert_value("system.disk.operations", labels, || disk(at));
        assert_value("system.disk.io", labels, || disk(at + 2) * 512.0);
        next_window();
        let time = value("system.disk.time", labels);
        assert!((time - disk(at + 3) / 1000.0).abs() < 0.5, "{name} {direction}: {time}");
    }
}

#[test]
fn sockets_are_counted_by_state() {
    let _turn = my_turn();
    install(Set::Full).unwrap();
    let sockets = |file: &str, state: &str| {
        let is = |line: &&str| line.split_whitespace().nth(3) == Some(state);
        read(file).lines().skip(1).filter(is).count() as f64
    };
    let listening = &[("family", "2"), ("type", "1"), ("protocol", "tcp"), ("state", "LISTEN")][..];
    let before = snapshot().find("system.network.connections", listening).unwrap_or_default();
    let listeners: Vec<_> = (0..5).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    assert_value("system.network.connections", listening, || sockets("/proc/net/tcp", "0A"));
    assert!(value("system.network.connections", listening) >= before + 4.0);

    let _socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let udp = &[("family", "2"), ("type", "2"), ("protocol", "udp"), ("state", "NONE")];
    assert_value("system.network.connections", udp, || {
        read("/proc/net/udp").lines().skip(1).count() as f64
    });
    // The series is zero, but still exists.
    drop(listeners);
    assert_value("system.network.connections", listening, || sockets("/proc/net/tcp", "0A"));
}
