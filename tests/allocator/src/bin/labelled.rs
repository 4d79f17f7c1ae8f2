//! An allocator with metrics of its own, in all kinds of series.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

use typed_metrics::{Label, Metrics, Outcome, timed};

#[derive(Metrics)]
#[metrics(prefix = "memory")]
enum Memory<'a> {
    /// Time of a call.
    #[histogram(unit = "ns")]
    Time { function: &'a str, size: u32, outcome: Outcome },
    /// Time of a call by its function.
    #[histogram(unit = "ns")]
    TimeByFunction { function: Function, outcome: Outcome },
    /// Calls.
    #[counter]
    Calls { function: &'a str, zeroed: Option<bool> },
    /// Calls in progress.
    #[up_down_counter]
    InProgress { function: &'a str },
    /// Calls in progress, by bits of the alignment. The removal of the twelfth series allocates.
    #[up_down_counter(positional)]
    InProgressByAlign { bit0: bool, bit1: bool, bit2: bool, bit3: bool },
}

#[derive(Label, Clone, Copy)]
enum Function {
    Realloc,
}

struct Measured;

/// The bits that a size has.
fn bits(layout: Layout) -> u32 {
    usize::BITS - layout.size().leading_zeros()
}

fn has_bit(layout: Layout, bit: u32) -> bool {
    layout.align() & (1 << bit) != 0
}

// SAFETY: the system's allocator does what the trait requires.
unsafe impl GlobalAlloc for Measured {
    #[timed(
        Memory::Time { function: "alloc", size: bits(layout), outcome },
        count = Memory::Calls { function: "alloc", zeroed },
        in_flight = Memory::InProgressByAlign {
            bit0: has_bit(layout, 0),
            bit1: has_bit(layout, 1),
            bit2: has_bit(layout, 2),
            bit3: has_bit(layout, 3),
        },
        zeroed = |_| false,
    )]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the rules.
        unsafe { System.alloc(layout) }
    }

    #[timed(
        Memory::Time { function: "dealloc", size: bits(layout), outcome },
        count = Memory::Calls { function: "dealloc", zeroed: None },
        sample = 1/4,
    )]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the rules.
        unsafe { System.dealloc(ptr, layout) }
    }

    #[timed(
        Memory::TimeByFunction { function: Function::Realloc, outcome },
        in_flight = Memory::InProgress { function: "realloc" },
    )]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the rules.
        unsafe { System.realloc(ptr, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Measured = Measured;

fn main() {
    typed_metrics_allocator::work();
    for n in 0..16 {
        let bit = |bit| n & (1 << bit) != 0;
        let in_progress = Memory::in_progress_by_align(bit(0), bit(1), bit(2), bit(3));
        // Only a series with a value is removed.
        drop(in_progress.enter());
        // Counts this thread's calls under the current stamp, as the allocation of the removal.
        drop(black_box(Box::new(1_u64)));
        in_progress.remove();
    }
    // The memory of these readers is allocated and freed under locks, in series of which some were
    // removed.
    for _ in 0..100 {
        drop(black_box(typed_metrics::snapshot()));
    }
    let snapshot = typed_metrics::snapshot();
    let histogram = |name: &str, function: &str| -> u64 {
        let all = snapshot.get(name).unwrap().series.iter();
        let of_function = all.filter(|series| {
            series.labels.get("function").is_some_and(|label| label.to_string() == function)
        });
        of_function.map(|series| series.value.as_histogram().unwrap().count).sum()
    };
    for metric in ["memory.in_progress", "memory.in_progress_by_align"] {
        let all = snapshot.get(metric).unwrap().series.iter();
        println!("{metric} {}", all.map(|series| series.value.as_f64().abs()).sum::<f64>());
    }
    println!("alloc {}", histogram("memory.time", "alloc"));
    println!("dealloc {}", histogram("memory.time", "dealloc"));
    println!("realloc {}", histogram("memory.time_by_function", "realloc"));
    for series in &snapshot.get("memory.calls").unwrap().series {
        println!("calls of {} {}", series.labels.get("function").unwrap(), series.value.as_f64());
    }
}
