//! Exponential histograms from their declaration to their readers, beside all values in a list.

mod declared;
mod moved;
mod naive;
