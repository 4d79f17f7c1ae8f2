//! Shards of threads that ended are used again.

use std::sync::Barrier;
use std::thread;

use typed_metrics::{Metrics, Value, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "threads")]
enum Threads {
    #[counter]
    Waves,
}

/// What a new thread allocates for recording, outside of what the thread itself costs.
fn bytes_of_a_new_thread() -> i64 {
    let measure = || allocation_counter::measure(|| Threads::waves().inc()).bytes_current;
    thread::spawn(measure).join().unwrap()
}

#[test]
fn a_new_thread_goes_on_with_the_shard_of_one_that_ended() {
    // A wave of threads at one time leaves that many shards; later threads take them up.
    let barrier = Barrier::new(16);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                Threads::waves().inc();
                barrier.wait();
            });
        }
    });
    let bytes: Vec<_> = (0..100).map(|_| bytes_of_a_new_thread()).collect();
    // Other tests' threads may hold some of those shards at the moment, but never all of them.
    assert!(bytes.iter().filter(|bytes| **bytes > 0).count() < 5, "{bytes:?}");
    let snapshot = snapshot();
    let waves = &snapshot.get("threads.waves").unwrap().series[0];
    assert_eq!(waves.value, Value::U64(116));
}
