//! Measures the memory of a series.
//!
//! Each measurement runs in a process of its own, whose allocator counts. That allocator is not in
//! the program that measures time, because it would slow the crates that allocate.

use std::process::Command;
use std::sync::Barrier;

use crate::input;
use crate::peer::{Memory, Peer};

/// How many series every thread records.
pub const SERIES: usize = 1000;
pub const THREADS: [usize; 3] = [1, 16, 1000];

/// The memory of one crate, in bytes for each series.
pub struct Bytes {
    pub kind: Memory,
    pub peer: &'static str,
    pub package: &'static str,
    pub threads: usize,
    /// While all threads live.
    pub live: f64,
    /// After all threads have ended.
    pub ended: f64,
}

/// Measures all crates, each in processes of its own.
///
/// # Panics
///
/// Panics if the program that measures memory is not beside this one, or if it fails.
pub fn measure(peers: &[Peer]) -> Vec<Bytes> {
    let mut all = Vec::new();
    for kind in Memory::ALL {
        for peer in peers.iter().filter(|peer| peer.memory.contains_key(&kind)) {
            all.extend(THREADS.map(|threads| in_process(peer, kind, threads)));
        }
    }
    all
}

fn in_process(peer: &Peer, kind: Memory, threads: usize) -> Bytes {
    let this = std::env::current_exe().expect("a program has a path");
    let program = this.with_file_name("typed-metrics-peers-memory");
    let mut command = Command::new(&program);
    let output = command.args([peer.name, kind.key(), &threads.to_string()]).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo build --release` builds it", program.display())
    });
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>());
    let (Some(Ok(live)), Some(Ok(ended))) = (numbers.next(), numbers.next()) else {
        panic!("{}: {}", peer.name, String::from_utf8_lossy(&output.stderr))
    };
    let [live, ended] = [live, ended].map(|bytes| bytes / SERIES as f64);
    Bytes { kind, peer: peer.name, package: peer.package, threads, live, ended }
}

/// Defines a metric, lets each thread record every series once, and returns the allocated bytes
/// while all threads live and after they have ended.
///
/// # Panics
///
/// Panics if measurements have not arrived.
pub fn allocated(peer: &Peer, kind: Memory, threads: usize, bytes: fn() -> usize) -> [usize; 2] {
    let inputs = input::distinct(SERIES);
    let before = bytes();
    let case = peer.memory[&kind]();
    let defined = bytes() - before;
    let outside = bytes();
    // Everyone waits at each step: all threads live, all may record, all have recorded.
    let step = Barrier::new(threads + 1);
    let work = || {
        step.wait();
        step.wait();
        (case.record)(&inputs);
        step.wait();
        step.wait();
    };
    let live = std::thread::scope(|scope| {
        let spawn = |_| {
            let thread = std::thread::Builder::new().stack_size(256 << 10);
            thread.spawn_scoped(scope, work).expect("the system has threads")
        };
        let all: Vec<_> = (0..threads).map(spawn).collect();
        step.wait();
        // The threads themselves take memory, which belongs to no crate.
        let idle = bytes();
        step.wait();
        step.wait();
        let live = bytes() - idle;
        step.wait();
        // A joined thread has also run the destructors of its thread-local values.
        all.into_iter().for_each(|thread| thread.join().expect("no record panics"));
        live
    });
    let ended = bytes().saturating_sub(outside);
    let total = (case.total)();
    assert_eq!(total, (threads * SERIES) as f64, "{}: {}", peer.name, kind.key());
    [defined + live, defined + ended]
}
