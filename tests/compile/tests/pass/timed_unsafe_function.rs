//! `#[timed]` on unsafe functions. This program has its own file because the other tests forbid
//! unsafe code.
#![deny(warnings, unsafe_op_in_unsafe_fn)]

use typed_metrics::testing::capture;
use typed_metrics::timed;

#[timed]
unsafe fn read(from: *const u8) -> Option<u8> {
    if from.is_null() {
        return None;
    }
    // SAFETY: the caller guarantees that `from` points to a byte.
    Some(unsafe { *from })
}

struct Cells([u8; 2]);

#[timed]
impl Cells {
    unsafe fn at(&self, index: usize) -> &u8 {
        // SAFETY: the caller guarantees that `index` is in bounds.
        unsafe { self.0.get_unchecked(index) }
    }

    async unsafe fn later(&self, index: usize) -> u8 {
        // SAFETY: as above.
        unsafe { *self.at(index) }
    }
}

fn main() {
    let byte = 7;
    let cells = Cells([1, 2]);
    let seen = capture(|| {
        // SAFETY: both indices are in bounds, and the pointer is valid.
        unsafe {
            assert_eq!(read(&byte), Some(7));
            assert_eq!(*cells.at(1), 2);
            drop(cells.later(0));
        }
    });
    let metric = seen.snapshot.get("function.duration").unwrap();
    let mut functions: Vec<_> = metric.series.iter().map(|s| s.labels.to_string()).collect();
    functions.sort();
    assert_eq!(functions.len(), 2);
    assert!(functions[0].starts_with("function=Cells::at "), "{functions:?}");
    assert!(functions[1].starts_with("function=read "), "{functions:?}");
}
