//! The prices of models, in one currency.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::PriceError;
use super::model::{Checked, Prices};
use crate::token_kind::TokenKind;
use crate::usage::Usage;

/// The prices of models, in one currency. A call with a price table
/// ([`LlmCall::prices`](crate::LlmCall::prices)) records its cost.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_llm as llm;
/// use llm::{LlmCall, LlmMetrics, PriceTable, Prices, Usage};
///
/// let prices = PriceTable::new("USD", [("gpt-5", Prices::new(1.25, 10).cache_read(0.125))])?;
/// let seen = typed_metrics::testing::capture(|| {
///     let usage = Usage::new(1_200_000, 100_000).cache_read(1_000_000);
///     LlmCall::start("gpt-5").prices(&prices).finish(usage);
/// });
/// let (model, prompt, currency) = ("gpt-5", None, "USD");
/// let cost = seen.histogram(LlmMetrics::LlmCallCost { model, prompt, currency });
/// assert_eq!(cost.sum, 0.2 * 1.25 + 0.125 + 0.1 * 10.0);
/// # Ok::<(), llm::PriceError>(())
/// ```
///
/// The name of a model is compared with the label `model`, which is the model that the request
/// names. A call of a model that the table does not have records no cost. The counter `llm_missing`
/// counts the call with `missing=price`, and the first such call logs a warning.
///
/// The cost of a call is computed in integers, without rounding: the price of a token is a multiple
/// of 10^-12 of the currency. It becomes an `f64` once, when it is recorded: the nearest one, for
/// costs up to 9007 of the currency. The sums in the metrics are `f64`.
///
/// A clone is another reference to the same table.
#[derive(Debug, Clone)]
pub struct PriceTable(Arc<Table>);

#[derive(Debug)]
struct Table {
    currency: Box<str>,
    models: BTreeMap<Box<str>, Checked>,
}

impl PriceTable {
    /// A table of prices of a million tokens. The currency is its code in [ISO 4217], such as
    /// `USD`.
    ///
    /// # Errors
    /// If the currency does not have three capital letters, if a model has no name or two entries,
    /// or if a price is not a decimal number from 0 to 999,999,999,999.999999.
    ///
    /// [ISO 4217]: https://www.iso.org/iso-4217-currency-codes.html
    pub fn new<M: Into<String>>(
        currency: impl Into<String>,
        models: impl IntoIterator<Item = (M, Prices)>,
    ) -> Result<Self, PriceError> {
        let currency = currency.into();
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(PriceError::Currency { given: currency });
        }
        let mut table = BTreeMap::new();
        for (model, prices) in models {
            let model = model.into();
            if model.is_empty() {
                return Err(PriceError::UnnamedModel);
            }
            let prices = Checked::new(&model, &prices)?;
            if table.contains_key(model.as_str()) {
                return Err(PriceError::Twice { model });
            }
            table.insert(model.into_boxed_str(), prices);
        }
        Ok(Self(Arc::new(Table { currency: currency.into_boxed_str(), models: table })))
    }

    /// The code of the currency.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.0.currency
    }

    /// The cost of each kind of token, in 10^-12 of the currency; `None` if the table does not have
    /// the model.
    pub(crate) fn costs(
        &self,
        model: &str,
        usage: Usage,
    ) -> Option<impl Iterator<Item = (TokenKind, u128)>> {
        let prices = self.0.models.get(model)?;
        Some(usage.by_kind().map(|(kind, tokens)| (kind, prices.of(kind).of(tokens))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(currency: &str, models: &[(&str, Prices)]) -> String {
        PriceTable::new(currency, models.to_vec()).unwrap_err().to_string()
    }

    #[test]
    fn tokens_without_a_price_cost_as_much_as_those_that_they_are_part_of() {
        let models = [
            ("plain", Prices::new(2, 8)),
            ("split", Prices::new(2, 8).cache_read(0.5).cache_write("2.5").reasoning(9)),
            ("embeds", Prices::input("0.02")),
        ];
        let table = PriceTable::new("EUR", models).unwrap();
        let usage = Usage::new(10, 10).cache_read(3).cache_write(2).reasoning(4);
        let cost = |model| -> u128 { table.costs(model, usage).unwrap().map(|(_, n)| n).sum() };
        assert_eq!(cost("plain"), (10 * 2 + 10 * 8) * 1_000_000);
        assert_eq!(
            cost("split"),
            5 * 2_000_000 + 3 * 500_000 + 2 * 2_500_000 + 6 * 8_000_000 + 4 * 9_000_000
        );
        assert_eq!(cost("embeds"), 10 * 20_000);
        assert!(table.costs("other", usage).is_none());
    }

    #[test]
    fn errors_name_the_model_the_value_the_rule_and_the_fix() {
        assert_eq!(
            error("usd", &[]),
            "the currency \"usd\" is not a code of ISO 4217, which has three capital letters; \
             write `USD`, for example"
        );
        assert_eq!(
            error("USD", &[("gpt-5", Prices::new(1.25, 10).reasoning("-1"))]),
            "the price \"-1\" of `reasoning` of the model `gpt-5` is not a decimal number from 0 \
             to 999999999999.999999; write the price of a million tokens, as in `1.25`"
        );
        let nan = error("USD", &[("gpt-5", Prices::new(f64::NAN, 10))]);
        assert!(nan.starts_with("the price \"NaN\" of `input` of the model `gpt-5`"), "{nan}");
        assert_eq!(
            error("USD", &[("", Prices::new(1, 1))]),
            "a model of the price table has an empty name; name the model as in requests"
        );
        assert_eq!(
            error("USD", &[("gpt-5", Prices::new(1, 1)), ("gpt-5", Prices::new(2, 2))]),
            "the model `gpt-5` is twice in the price table; remove one entry"
        );
    }
}
