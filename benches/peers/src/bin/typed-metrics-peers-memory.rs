//! Prints the bytes that a crate allocates for its series, while the threads live and after they
//! have ended. `typed-metrics-peers --memory` runs this program.

use std::alloc::System;

use cap::Cap;
use typed_metrics_peers::peer::Memory;
use typed_metrics_peers::{memory, peers};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [peer, kind, threads] = &arguments[..] else {
        panic!("expected a crate, `counters` or `histograms`, and a number of threads")
    };
    let peers = peers::all();
    let peer = peers.iter().find(|found| found.name == peer).expect("the crate is compared");
    let kind = Memory::ALL.into_iter().find(|found| found.key() == kind).expect("a known kind");
    let threads = threads.parse().expect("a number of threads");
    let [live, ended] = memory::allocated(peer, kind, threads, || ALLOCATOR.allocated());
    println!("{live} {ended}");
}
