//! Shards of threads that have ended are reused.

use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::thread;

use typed_metrics::{Label, Metrics, Value, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "threads")]
enum Threads {
    #[counter]
    Waves,
    #[histogram(positional)]
    Tides { month: Dozen, hour: Dozen, minute: Dozen },
}

#[derive(Clone, Copy, Label)]
#[expect(dead_code, reason = "one series of many is recorded")]
enum Dozen {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
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

/// The bytes that the last drop at the end of a thread allocated.
static BYTES_AT_END: AtomicI64 = AtomicI64::new(0);

/// Records when it is dropped.
struct AtEnd;

impl Drop for AtEnd {
    fn drop(&mut self) {
        let record = || Threads::tides(Dozen::A, Dozen::B, Dozen::C).record(7);
        BYTES_AT_END.store(allocation_counter::measure(record).bytes_current, Relaxed);
    }
}

#[test]
fn a_value_at_the_end_of_a_thread_allocates_the_histogram_of_its_series_only() {
    thread_local! {
        static FIRST: AtEnd = const { AtEnd };
        static LAST: AtEnd = const { AtEnd };
    }
    let recorded = || {
        // One of the two is dropped after the engine's own storage.
        FIRST.with(|_| ());
        Threads::tides(Dozen::A, Dozen::B, Dozen::C).record(7);
        LAST.with(|_| ());
    };
    thread::spawn(recorded).join().unwrap();
    let bytes = BYTES_AT_END.load(Relaxed);
    // 1728 histograms need about a megabyte.
    assert!(bytes < 64 << 10, "{bytes} bytes");
    let snapshot = snapshot();
    let [tide] = &*snapshot.get("threads.tides").unwrap().series else { panic!("one series") };
    assert_eq!(tide.value.as_histogram().unwrap().count, 3);
}
