//! The least cost of a record: the loop over the measurements, and an addition that no other
//! thread disturbs.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::input::Input;
use crate::peer::{Case, Job, Kind, Peer};

pub fn fetch_add() -> Peer {
    floor("uncontended fetch_add", || {
        let arrived = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&arrived);
        let record = move |inputs: &[Input<'_>]| {
            let cell = AtomicU64::new(0);
            for input in inputs {
                black_box(input);
                black_box(&cell).fetch_add(1, Ordering::Relaxed);
            }
            arrived.fetch_add(cell.into_inner(), Ordering::Relaxed);
        };
        let total = move || read.load(Ordering::Relaxed) as f64;
        Case { record: Box::new(record), total: Box::new(total) }
    })
}

pub fn empty_loop() -> Peer {
    floor("empty loop", || {
        let arrived = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&arrived);
        let record = move |inputs: &[Input<'_>]| {
            for input in inputs {
                black_box(input);
            }
            arrived.fetch_add(inputs.len() as u64, Ordering::Relaxed);
        };
        let total = move || read.load(Ordering::Relaxed) as f64;
        Case { record: Box::new(record), total: Box::new(total) }
    })
}

/// The floor is the same for every job. A gauge's value cannot be checked here, so the gauge has
/// none.
fn floor(name: &'static str, case: fn() -> Case) -> Peer {
    let jobs = Job::ALL.into_iter().filter(|job| *job != Job::Gauge);
    jobs.fold(Peer::new(name, "", Kind::Floor), |peer, job| peer.job(job, case()))
}
