//! The prices of a model.

use super::error::PriceError;
use super::price::Price;
use crate::token_kind::TokenKind;

/// The prices of a million tokens of a model, as decimal numbers: texts such as `"1.25"`, or
/// numbers, which mean the digits that Rust prints for them.
///
/// Tokens without a price of their own cost as much as the tokens that they are part of: tokens
/// read from a cache, or written to one, as input; tokens of reasoning as output.
///
/// ```
/// use typed_metrics_llm::{PriceTable, Prices};
///
/// let prices = PriceTable::new("USD", [
///     ("gpt-5", Prices::new(1.25, 10).cache_read(0.125)),
///     ("text-embedding-3-small", Prices::input(0.02)),
/// ])?;
/// assert_eq!(prices.currency(), "USD");
/// # Ok::<(), typed_metrics_llm::PriceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Prices {
    pub(super) input: String,
    pub(super) output: Option<String>,
    pub(super) cache_read: Option<String>,
    pub(super) cache_write: Option<String>,
    pub(super) reasoning: Option<String>,
}

impl Prices {
    /// The prices of input and of output.
    pub fn new(input: impl ToString, output: impl ToString) -> Self {
        Self { output: Some(output.to_string()), ..Self::input(input) }
    }

    /// The price of input. Output costs nothing, as with a model that makes embeddings.
    pub fn input(input: impl ToString) -> Self {
        let input = input.to_string();
        Self { input, output: None, cache_read: None, cache_write: None, reasoning: None }
    }

    /// Sets the price of input that is read from a cache.
    pub fn cache_read(mut self, price: impl ToString) -> Self {
        self.cache_read = Some(price.to_string());
        self
    }

    /// Sets the price of input that is written to a cache.
    pub fn cache_write(mut self, price: impl ToString) -> Self {
        self.cache_write = Some(price.to_string());
        self
    }

    /// Sets the price of output that is spent on reasoning.
    pub fn reasoning(mut self, price: impl ToString) -> Self {
        self.reasoning = Some(price.to_string());
        self
    }
}

/// The prices of a model, checked.
#[derive(Debug)]
pub(super) struct Checked {
    input: Price,
    output: Price,
    cache_read: Price,
    cache_write: Price,
    reasoning: Price,
}

impl Checked {
    pub(super) fn new(model: &str, prices: &Prices) -> Result<Self, PriceError> {
        let read = |tokens, given: &str| {
            Price::parse(given).ok_or_else(|| PriceError::Price {
                model: model.to_owned(),
                tokens,
                given: given.to_owned(),
            })
        };
        let or = |tokens, given: &Option<String>, other| {
            given.as_deref().map_or(Ok(other), |given| read(tokens, given))
        };
        let input = read("input", &prices.input)?;
        let output = read("output", prices.output.as_deref().unwrap_or("0"))?;
        Ok(Self {
            input,
            output,
            cache_read: or("cache_read", &prices.cache_read, input)?,
            cache_write: or("cache_write", &prices.cache_write, input)?,
            reasoning: or("reasoning", &prices.reasoning, output)?,
        })
    }

    pub(super) fn of(&self, kind: TokenKind) -> Price {
        match kind {
            TokenKind::Input => self.input,
            TokenKind::CacheRead => self.cache_read,
            TokenKind::CacheWrite => self.cache_write,
            TokenKind::Output => self.output,
            TokenKind::Reasoning => self.reasoning,
        }
    }
}
