//! A single-writer histogram: a run of cells under a sequence number.
//!
//! The owner makes the sequence odd, writes, and makes the sequence even again. A reader copies the
//! run, and starts over if the sequence was odd or has moved (a [seqlock], with Boehm's fences). So
//! the count, sum, extremes and buckets of one copy always belong together. The count is not
//! stored: it is the sum of the buckets.
//!
//! The tag works as in [`sum`](super::sum).
//!
//! # Intervals
//!
//! To end an interval, a reader copies the run and stores the sequence of its copy as the
//! *acknowledged* sequence. When the owner records the next value, it finds an acknowledged
//! sequence that it has not *noticed* yet, and restarts the extremes of the interval. A value that
//! the owner recorded after the copy, but before it noticed the acknowledgement, is *late*: the
//! value belongs to the new interval. There is at most one late value, unless the owner records
//! again before the reader's store becomes visible to it. The owner keeps the last value, so the
//! last late value is known exactly. Earlier late values are known only by their buckets, the sum
//! and the lifetime extremes.
//!
//! At the beginning of an interval, the owner also moves the sum so far into a
//! [`WideSum`](super::wide_sum::WideSum). So the values of an interval are added to a sum that
//! begins at zero, and are not rounded to the precision of a large sum from before.
//!
//! # Pauses
//!
//! An owner that records without a break can make every copy of a long run start over. So after
//! some attempts, a reader asks for a *pause*: it exchanges the acknowledged sequence for
//! [`PAUSED`](run::PAUSED), and restores it after the copy. The owner finds the request where it looks for
//! acknowledgements. It does not wait: during the pause it records nothing here, and its caller
//! records in cells that all threads share.
//!
//! [seqlock]: https://www.hpl.hp.com/techreports/2012/HPL-2012-68.pdf

pub(crate) mod copied;
pub(crate) mod owner;
pub(crate) mod run;
#[cfg(all(test, not(loom)))]
mod tests;
