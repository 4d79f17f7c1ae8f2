//! How long series live, and whether the times of their measurements are known.

use syn::LitStr;
use typed_metrics_core::MetricType;
use typed_metrics_core::expiry::{Expiry, UP_DOWN_COUNTER, parse_expiry};

use crate::diagnostics::Diagnostics;
use crate::parse::{KindDeclaration, MetricsDeclaration, Slot, Unreadable};

/// The lifetime of a metric's series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ValidatedLifetime {
    /// `None` if nothing is written.
    pub(crate) expiry: Option<Expiry>,
    /// Whether the times of the last measurements are known.
    pub(crate) tracked: bool,
}

impl ValidatedLifetime {
    /// The keys that are written for all metrics of an enum. A wrong value, which is reported,
    /// counts as not written.
    pub(crate) fn for_all(cx: &Diagnostics, declaration: &MetricsDeclaration) -> Self {
        Self {
            expiry: written(cx, &declaration.expire).unwrap_or_default(),
            tracked: declaration.last_recorded.key().is_some(),
        }
    }

    /// The keys of one metric, completed by those for all.
    pub(crate) fn check(
        cx: &Diagnostics,
        declared: &KindDeclaration,
        for_all: Self,
    ) -> Option<Self> {
        let own = if declared.kind.metric_type() == MetricType::UpDownCounter {
            if let Some(key) = declared.expire.key() {
                cx.error(key, UP_DOWN_COUNTER);
                return None;
            }
            None
        } else {
            written(cx, &declared.expire).ok()?.or(for_all.expiry)
        };
        let tracked = declared.last_recorded.read().ok()?.is_some() || for_all.tracked;
        Some(Self { expiry: own, tracked })
    }
}

fn written(cx: &Diagnostics, slot: &Slot<LitStr>) -> Result<Option<Expiry>, Unreadable> {
    let Some(literal) = slot.read()? else { return Ok(None) };
    let text = literal.value();
    parse_expiry(&text).map(Some).map_err(|error| {
        cx.error(literal, format_args!("{text:?} cannot be an expiry: {error}"));
        Unreadable
    })
}
