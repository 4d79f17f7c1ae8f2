//! Shards of threads that have ended are reused.

use std::sync::Barrier;
use std::thread;

use typed_metrics::{Metrics, Value, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "threads")]
enum Threads {
    #[counter]
    Waves,
}

/// The bytes that a new thread allocates to record, without the bytes for the thread itself.
fn bytes_of_a_new_thread() -> i64 {
    let measure = || allocation_counter::measure(|| Threads::waves().inc()).bytes_current;
    thread::spawn(measure).join().unwrap()
}

#[test]
fn a_new_thread_goes_on_with_the_shard_of_one_that_ended() {
    // Threads that run at the same time leave one shard each. Later threads reuse these shards.
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
    // Threads of other tests may hold some of these shards at the moment, but never all of them.
    assert!(bytes.iter().filter(|bytes| **bytes > 0).count() < 5, "{bytes:?}");
    let snapshot = snapshot();
    let waves = &snapshot.get("threads.waves").unwrap().series[0];
    assert_eq!(waves.value, Value::U64(116));
}
