//! Exemplars for readers: switched on and off, taken at the end of each interval, and as plain
//! values.

pub(crate) mod exemplar;
pub(crate) mod kept;
pub(crate) mod setting;
