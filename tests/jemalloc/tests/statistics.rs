//! Statistics of jemalloc in a program that uses it.

use std::hint::black_box;

use tikv_jemallocator::Jemalloc;
use typed_metrics::tokio::observe_jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn bytes(metric: &str) -> f64 {
    let snapshot = typed_metrics::snapshot();
    let [series] = &snapshot.get(metric).unwrap().series[..] else { panic!("one {metric}") };
    series.value.as_f64()
}

#[test]
fn allocations_show_in_the_next_collection() {
    observe_jemalloc().unwrap();
    let before = bytes("jemalloc.memory.allocated");
    let memory = black_box(vec![1_u8; 64 << 20]);
    let after = bytes("jemalloc.memory.allocated");
    let grown = after - before;
    let size = f64::from(64 << 20);
    assert!((size..1.25 * size).contains(&grown), "{grown} bytes more");
    assert!(bytes("jemalloc.memory.active") >= size);
    assert!(bytes("jemalloc.memory.resident") >= size);
    assert!(bytes("jemalloc.memory.mapped") >= size);
    assert!(bytes("jemalloc.memory.metadata") > 0.0);
    drop(memory);
    let freed = after - bytes("jemalloc.memory.allocated");
    assert!((0.75 * size..1.25 * size).contains(&freed), "{freed} bytes less");

    // A second call does not count anything twice.
    observe_jemalloc().unwrap();
    let again = bytes("jemalloc.memory.allocated");
    assert!(again < before + size / 2.0, "{again} after {before}");
}
