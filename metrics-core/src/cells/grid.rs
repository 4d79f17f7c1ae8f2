//! The rule that gives each value of a histogram its bucket.

use std::fmt;

use super::exponential::window;
use crate::rules::exponential::ExponentialSettings;

/// The rule that gives each value of a histogram its bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Grid {
    /// Buckets between these boundaries, of which there is at least one.
    Explicit(&'static [f64]),
    Exponential(ExponentialSettings),
}

impl Grid {
    /// The boundaries; none if the histogram is exponential.
    #[inline(always)]
    pub(crate) const fn boundaries(self) -> &'static [f64] {
        match self {
            Self::Explicit(boundaries) => boundaries,
            Self::Exponential(_) => &[],
        }
    }

    /// The settings, if the histogram is exponential.
    pub(crate) const fn exponential(self) -> Option<ExponentialSettings> {
        match self {
            Self::Explicit(_) => None,
            Self::Exponential(settings) => Some(settings),
        }
    }

    /// The number of cells that the buckets take.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Explicit(boundaries) => boundaries.len() + 1,
            Self::Exponential(settings) => window::WIDTH + settings.max_size as usize,
        }
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit(boundaries) => write!(f, "{boundaries:?}"),
            Self::Exponential(ExponentialSettings { max_size, zero_threshold }) => {
                write!(f, "exponential, max_size = {max_size}")?;
                if *zero_threshold > 0.0 {
                    write!(f, ", zero_threshold = {zero_threshold}")?;
                }
                Ok(())
            }
        }
    }
}
