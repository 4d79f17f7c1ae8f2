//! Reads a price table from TOML, JSON or any other format of serde.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Visitor};

use super::error::PriceError;
use super::model::Prices;
use super::table::PriceTable;

/// With the feature `serde`. Prices are texts or numbers.
///
/// ```
/// use typed_metrics_llm::PriceTable;
///
/// let prices: PriceTable = toml::from_str(
///     r#"
///     currency = "USD"
///
///     [models]
///     "gpt-5" = { input = 1.25, cache_read = 0.125, output = 10 }
///     "text-embedding-3-small" = { input = "0.02" }
///     "#,
/// )?;
/// assert_eq!(prices.currency(), "USD");
/// # Ok::<(), toml::de::Error>(())
/// ```
impl<'de> Deserialize<'de> for PriceTable {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Self::try_from(written).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    currency: String,
    models: BTreeMap<String, WrittenPrices>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrices {
    input: Digits,
    output: Option<Digits>,
    cache_read: Option<Digits>,
    cache_write: Option<Digits>,
    reasoning: Option<Digits>,
}

impl TryFrom<Written> for PriceTable {
    type Error = PriceError;

    fn try_from(written: Written) -> Result<Self, PriceError> {
        let prices = |prices: WrittenPrices| Prices {
            input: prices.input.0,
            output: prices.output.map(|digits| digits.0),
            cache_read: prices.cache_read.map(|digits| digits.0),
            cache_write: prices.cache_write.map(|digits| digits.0),
            reasoning: prices.reasoning.map(|digits| digits.0),
        };
        let models = written.models.into_iter().map(|(model, written)| (model, prices(written)));
        Self::new(written.currency, models)
    }
}

/// The digits of a number, or a text as it is.
struct Digits(String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DigitsVisitor)
    }
}

struct DigitsVisitor;

impl Visitor<'_> for DigitsVisitor {
    type Value = Digits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price of a million tokens, such as `1.25`")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Digits, E> {
        Ok(Digits(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Digits, E> {
        Ok(Digits(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Digits, E> {
        Ok(Digits(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Digits, E> {
        Ok(Digits(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Usage;

    fn cost(table: &PriceTable) -> u128 {
        let usage = Usage::new(1000, 100).cache_read(400);
        table.costs("m", usage).unwrap().map(|(_, cost)| cost).sum()
    }

    #[test]
    fn toml_and_json_give_the_same_table() {
        let toml =
            "currency = \"EUR\"\nmodels.m = { input = 0.1, cache_read = \"0.01\", output = 3 }";
        let toml: PriceTable = toml::from_str(toml).unwrap();
        let json = r#"{"currency": "EUR", "models": {
            "m": {"input": 0.1, "cache_read": 1e-2, "output": 3.0}
        }}"#;
        let json: PriceTable = serde_json::from_str(json).unwrap();
        assert_eq!(cost(&toml), 600 * 100_000 + 400 * 10_000 + 100 * 3_000_000);
        assert_eq!(cost(&json), cost(&toml));
    }

    #[test]
    fn mistakes_are_errors() {
        let error = |text| serde_json::from_str::<PriceTable>(text).unwrap_err().to_string();
        let unknown = error(r#"{"currency": "EUR", "models": {"m": {"input": 1, "cached": 1}}}"#);
        assert!(
            unknown.starts_with("unknown field `cached`, expected one of `input`"),
            "{unknown}"
        );
        let negative = error(r#"{"currency": "EUR", "models": {"m": {"input": -1}}}"#);
        assert!(negative.starts_with("the price \"-1\" of `input` of the model `m`"), "{negative}");
        let null = error(r#"{"currency": "EUR", "models": {"m": {"input": null}}}"#);
        assert!(null.contains("expected a price of a million tokens, such as `1.25`"), "{null}");
    }
}
