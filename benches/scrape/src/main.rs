//! Measures the CPU time of scrapes, alternating, and their peak memory. Says which promise is
//! kept.

use std::process::Command;

use cpu_time::ThreadTime;
use typed_metrics_scrape::{Peer, peers};

const ROUNDS: usize = 15;
const SERIES: usize = 10_000;
const MANY: usize = 100_000;

/// The memory of a scrape: the bytes at its peak, and the number of allocations.
struct Memory {
    bytes: f64,
    allocations: f64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if let Some(peer) = arguments.next() {
        // A process of its own, because metrics stay for the life of a process.
        let peer: usize = peer.parse().expect("the place of a crate in the list");
        let series = arguments.next().and_then(|series| series.parse().ok());
        let mut peer = vec![peers::LIST[peer](series.expect("a number of series"))];
        println!("{}", times(&mut peer)[0]);
        return;
    }
    let mut peers = peers::LIST.map(|peer| peer(SERIES));
    let escapes: Vec<bool> = peers.iter_mut().map(Peer::escapes).collect();
    let bytes: Vec<usize> = peers.iter_mut().map(|peer| (peer.scrape)().len()).collect();
    let times = times(&mut peers);
    let memory: Vec<Memory> = (0..peers.len()).map(memory).collect();
    println!("{SERIES} series, half of them histograms with ten buckets\n");
    println!("{:28} {:>9} {:>8} {:>10} {:>8} {:>11}", "", "time", "ours is", "peak", "ours is", "");
    for (number, peer) in peers.iter().enumerate() {
        let Memory { bytes: peak, allocations } = &memory[number];
        println!(
            "{:28} {:>6.2} ms {:>7.2}x {:>7.0} kB {:>7.2}x {:>7} allocations, {:>5} kB of text{}",
            peer.name,
            times[number] * 1e3,
            times[0] / times[number],
            peak / 1e3,
            memory[0].bytes / peak,
            allocations,
            bytes[number] / 1000,
            if escapes[number] { "" } else { "; escapes nothing" },
        );
    }
    let others = || (2..peers.len()).filter(|peer| escapes[*peer]);
    let time = others().map(|peer| times[0] / times[peer]).fold(0.0, f64::max);
    // The fastest one.
    let fastest = others().min_by(|a, b| times[*a].total_cmp(&times[*b])).expect("one escapes");
    let peak = memory[0].bytes / memory[fastest].bytes;
    let of = |peer: usize, series: usize| {
        run("typed-metrics-scrape", &[peer.to_string(), series.to_string()])[0]
    };
    let (many, few) = ([of(0, MANY), of(fastest, MANY)], [of(0, SERIES), of(fastest, SERIES)]);
    // How much longer a series takes if there are many.
    let growth = [0, 1].map(|at| many[at] / few[at] / (MANY / SERIES) as f64);
    println!();
    promise(
        time <= 0.5,
        &format!("at most 0.5x of the time of every crate that escapes ({time:.2}x)"),
    );
    promise(
        peak <= 0.5,
        &format!("at most 0.5x of the peak memory of the fastest one of them ({peak:.2}x)"),
    );
    let each = memory[0].allocations / SERIES as f64;
    promise(each < 0.1, &format!("no allocation for each series ({each:.3})"));
    let beside = beside(&mut peers[0]);
    promise(
        beside <= 1.05,
        &format!("two threads record in {beside:.2}x of the time while a third one scrapes"),
    );
    promise(
        growth[0] <= 2.0,
        &format!(
            "{MANY} series: {:.2}x of the time of {}; a series takes {:.2}x as long as above, there \
             {:.2}x",
            many[0] / many[1],
            peers[fastest].name,
            growth[0],
            growth[1],
        ),
    );
}

/// The CPU time that two threads need to record while this thread scrapes, relative to the time
/// that they need alone.
fn beside(peer: &mut Peer) -> f64 {
    let mut recorded = |scrapes: bool| {
        let work = || {
            let begin = ThreadTime::now();
            peers::record(SERIES, 5000);
            begin.elapsed().as_secs_f64()
        };
        std::thread::scope(|scope| {
            let threads = [scope.spawn(work), scope.spawn(work)];
            while scrapes && !threads.iter().all(|thread| thread.is_finished()) {
                std::hint::black_box((peer.scrape)());
            }
            threads.map(|thread| thread.join().expect("it records")).iter().sum::<f64>()
        })
    };
    let mut ratios: Vec<f64> = (0..9).map(|_| recorded(true) / recorded(false)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn promise(is_kept: bool, text: &str) {
    println!("  {}: {text}", if is_kept { "kept" } else { "MISSED" });
}

/// The median CPU time of a scrape of each crate, in seconds.
fn times(peers: &mut [Peer]) -> Vec<f64> {
    let mut all = vec![Vec::new(); peers.len()];
    for _ in 0..ROUNDS {
        for (peer, times) in peers.iter_mut().zip(&mut all) {
            let begin = ThreadTime::now();
            std::hint::black_box((peer.scrape)());
            times.push(begin.elapsed().as_secs_f64());
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    all.into_iter().map(median).collect()
}

/// Measured by another program, whose allocator counts.
fn memory(peer: usize) -> Memory {
    let numbers = run("typed-metrics-scrape-memory", &[peer.to_string(), SERIES.to_string()]);
    Memory { bytes: numbers[0], allocations: numbers[1] }
}

/// Runs a program that was built with this one, and returns the numbers that it prints.
fn run(program: &str, arguments: &[String]) -> Vec<f64> {
    let this = std::env::current_exe().expect("a program has a path");
    let output = Command::new(this.with_file_name(program)).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers = text.split_whitespace().map(|word| word.parse().expect("a number"));
    let numbers: Vec<f64> = numbers.collect();
    assert!(!numbers.is_empty(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    numbers
}
