//! Statistics of the allocator jemalloc: `observe` reads them at every collection.

pub(crate) mod metrics;
pub(crate) mod observe;
