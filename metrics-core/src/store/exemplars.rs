//! Exemplars: which measurements are candidates, and where candidates wait for a reader.
//!
//! For each cell of a counter, and for each bucket of a histogram, one measurement of each interval
//! is chosen, each with the same probability. That is [reservoir sampling] of one item with random
//! keys: each measurement has a key, a random number from 0 to 1, and the least key wins. Algorithm
//! L (Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", 1994) draws how
//! many measurements to skip until the next key that is less than the least one so far. So a
//! measurement costs one subtraction, and few of them ask for the current span. The least keys of
//! several threads, and of several intervals, are compared in turn, so the choice is as even over
//! all of them.
//!
//! [reservoir sampling]: https://en.wikipedia.org/wiki/Reservoir_sampling#Optimal:_Algorithm_L

pub(crate) mod offer;
pub(crate) mod skips;
pub(crate) mod slots;
pub(crate) mod span;
pub(crate) mod switch;
