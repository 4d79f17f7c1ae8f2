//! A price table that cannot be used.

use std::fmt;

/// A price table that cannot be used. The text names the model, the value, the rule and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PriceError {
    /// The currency is not a code of ISO 4217.
    Currency {
        /// The currency as it was given.
        given: String,
    },
    /// A model has no name.
    UnnamedModel,
    /// A model has two entries.
    Twice {
        /// The model.
        model: String,
    },
    /// A price is not a decimal number of the allowed range.
    Price {
        /// The model.
        model: String,
        /// The tokens that the price is for, such as `cache_read`.
        tokens: &'static str,
        /// The price as it was given.
        given: String,
    },
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Currency { given } => write!(
                f,
                "the currency {given:?} is not a code of ISO 4217, which has three capital \
                 letters; write `USD`, for example"
            ),
            Self::UnnamedModel => f.write_str(
                "a model of the price table has an empty name; name the model as in requests",
            ),
            Self::Twice { model } => {
                write!(f, "the model `{model}` is twice in the price table; remove one entry")
            }
            Self::Price { model, tokens, given } => write!(
                f,
                "the price {given:?} of `{tokens}` of the model `{model}` is not a decimal number \
                 from 0 to 999999999999.999999; write the price of a million tokens, as in `1.25`"
            ),
        }
    }
}

impl std::error::Error for PriceError {}
