//! The metrics of jemalloc.

use typed_metrics_derive::Metrics;

/// The metrics of the allocator jemalloc, which [`observe_jemalloc`](crate::observe_jemalloc)
/// records at every collection. Their meanings are those of [jemalloc's `stats.*`][manual].
///
/// The numbers overlap: `active` contains `allocated`, and `resident` contains most of `active`. So
/// each is a metric of its own, and not a label of one.
///
/// [manual]: https://jemalloc.net/jemalloc.3.html#stats.allocated
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "jemalloc.memory", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum JemallocMetrics {
    /// Bytes that the program has allocated.
    #[up_down_counter(unit = "By")]
    Allocated,

    /// Bytes in pages that contain allocated bytes. What is beyond `allocated` is lost to
    /// fragmentation.
    #[up_down_counter(unit = "By")]
    Active,

    /// Bytes of jemalloc's own records.
    #[up_down_counter(unit = "By")]
    Metadata,

    /// Bytes in pages that the allocator has in physical memory, at most.
    #[up_down_counter(unit = "By")]
    Resident,

    /// Bytes in active extents that the allocator has mapped.
    #[up_down_counter(unit = "By")]
    Mapped,

    /// Bytes of address space that the allocator keeps, and that is not mapped.
    #[up_down_counter(unit = "By")]
    Retained,
}
