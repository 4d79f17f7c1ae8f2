//! Amounts of memory and swap.

/// Memory by state, in bytes; `None` if the amount is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amounts {
    pub(crate) total: u64,
    pub(crate) available: u64,
    pub(crate) free: u64,
    pub(crate) active: Option<u64>,
    pub(crate) inactive: Option<u64>,
    pub(crate) buffers: Option<u64>,
    pub(crate) cached: Option<u64>,
    pub(crate) shared: Option<u64>,
    pub(crate) slab: Option<u64>,
}

/// Swap space, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Swap {
    pub(crate) total: u64,
    pub(crate) used: u64,
}
