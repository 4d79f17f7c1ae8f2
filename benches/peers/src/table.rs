//! The results as text.

use crate::measure::THREADS;
use crate::memory::{self, Bytes};
use crate::peer::{Job, Memory};
use crate::promises;
use crate::results::Results;

/// Prints the times of a job, our share of each, and the promises.
pub fn print_times(results: &Results<'_>, job: Job) {
    let heads = THREADS.map(|threads| format!("{threads:>8}")).concat();
    println!("{:<44}nanoseconds{:>21}", job.title(), "ours is");
    println!("{:<36}{heads}{heads}   busy cores", "threads");
    for peer in results.peers {
        let rows = THREADS.map(|threads| results.row(job, peer.name, threads));
        let [Some(_), .., Some(last)] = rows else { continue };
        let times = rows.map(|row| format!("{:>8.1}", row.map_or(f64::NAN, |row| row.nanoseconds)));
        let ratios = THREADS.map(|threads| results.ratio(job, peer.name, threads));
        let ratios = ratios.map(|ratio| format!("{:>7.2}x", ratio.unwrap_or(f64::NAN)));
        let cores = last.cores;
        println!("{:<36}{}{}{cores:>13.1}", peer.name, times.concat(), ratios.concat());
    }
    promises::of(results, job).iter().for_each(|promise| println!("  {}", promise.line()));
    for threads in THREADS.into_iter().filter(|threads| results.hindered(job, *threads)) {
        println!("  other programs used the cores: the times of {threads} threads say little");
    }
    println!();
}

/// Prints the bytes of each series.
pub fn print_memory(all: &[Bytes], kind: Memory) {
    let heads = memory::THREADS.map(|threads| format!("{threads:>10}")).concat();
    println!("{}: bytes for each of {} series", kind.key(), memory::SERIES);
    println!("{:<32}{heads}{:>13}{:>13}", "threads", "1000, ended", "each further");
    let of_kind = all.iter().filter(|bytes| bytes.kind == kind).collect::<Vec<_>>();
    for rows in of_kind.chunk_by(|one, other| one.peer == other.peer) {
        let live: String = rows.iter().map(|row| format!("{:>10.0}", row.live)).collect();
        let [.., few, many] = rows else { continue };
        let further = (many.live - few.live).max(0.0) / (many.threads - few.threads) as f64;
        println!("{:<32}{live}{:>13.0}{further:>13.1}", many.peer, many.ended);
    }
}
