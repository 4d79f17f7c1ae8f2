//! An allocator with `#[timed]` alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;

use typed_metrics::timed;

struct Measured;

// SAFETY: the system's allocator does what the trait requires.
#[timed]
unsafe impl GlobalAlloc for Measured {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the rules.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the rules.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the rules.
        unsafe { System.realloc(ptr, layout, new_size) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the rules.
        unsafe { System.alloc_zeroed(layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Measured = Measured;

fn main() {
    typed_metrics_allocator::work();
    let snapshot = typed_metrics::snapshot();
    let duration = snapshot.get("function.duration").unwrap();
    let mut calls = BTreeMap::new();
    for series in &duration.series {
        let function = series.labels.get("function").unwrap().to_string();
        *calls.entry(function).or_insert(0) += series.value.as_histogram().unwrap().count;
    }
    for (function, calls) in calls {
        println!("{function} {calls}");
    }
}
