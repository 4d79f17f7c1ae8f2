//! The queries of one metric.

use super::dialect::{Buckets, Dialect, Language};
use super::errors::FailureLabel;
use super::expression::{increase, rate, sum};
use super::selector::{Matcher, Selector};
use crate::entry::Entry;

/// The series of one metric in a database.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    selector: Selector,
    buckets: Option<Buckets>,
    failure: Option<FailureLabel>,
}

impl Series {
    /// The series of a metric that match all of `matchers`.
    pub(crate) fn new(entry: &Entry, dialect: &Dialect, matchers: Vec<Matcher>) -> Self {
        let selector =
            Selector { metric: dialect.metric(entry), matchers, language: dialect.language() };
        let failure = FailureLabel::of(entry, dialect);
        Self { selector, buckets: dialect.buckets(entry.kind()), failure }
    }

    /// The series that match all of `more`, too.
    pub(crate) fn and(&self, more: &[Matcher]) -> Self {
        Self { selector: self.selector.and(more.to_vec()), ..self.clone() }
    }

    fn language(&self) -> Language {
        self.selector.language
    }

    /// The series themselves.
    pub(crate) fn selector(&self) -> &Selector {
        &self.selector
    }

    /// The name of a series that a process has if it has recorded the metric.
    pub(crate) fn present_name(&self) -> String {
        match self.buckets {
            Some(Buckets::Classic | Buckets::Ranges) => format!("{}_count", self.selector.metric),
            _ => self.selector.metric.clone(),
        }
    }

    /// The measurements in a second, of a counter or a histogram.
    pub(crate) fn rate(&self, by: &[String], range: &str) -> String {
        sum(by, self.language(), self.plain_rate(&[], range))
    }

    /// The rate of each series that has `more`.
    fn plain_rate(&self, more: &[Matcher], range: &str) -> String {
        let selector = self.selector.and(more.to_vec());
        match self.buckets {
            None => rate(selector, range),
            Some(Buckets::Native) => format!("histogram_count({})", rate(selector, range)),
            Some(Buckets::Classic | Buckets::Ranges) => rate(selector.ending("_count"), range),
        }
    }

    /// The sum of a histogram's values in a second, or of a counter's.
    pub(crate) fn sum_rate(&self, by: &[String], range: &str) -> String {
        let inner = match self.buckets {
            None => rate(&self.selector, range),
            Some(Buckets::Native) => format!("histogram_sum({})", rate(&self.selector, range)),
            Some(Buckets::Classic | Buckets::Ranges) => rate(self.selector.ending("_sum"), range),
        };
        sum(by, self.language(), inner)
    }

    /// The mean of a histogram's values.
    pub(crate) fn mean(&self, by: &[String], range: &str) -> String {
        format!("{} / {}", self.sum_rate(by, range), self.rate(by, range))
    }

    /// How much a counter, or the count of a histogram, grew.
    pub(crate) fn increase(&self, by: &[String], range: &str) -> String {
        let inner = match self.buckets {
            None => increase(&self.selector, range),
            Some(Buckets::Native) => {
                format!("histogram_count({})", increase(&self.selector, range))
            }
            Some(Buckets::Classic | Buckets::Ranges) => {
                increase(self.selector.ending("_count"), range)
            }
        };
        sum(by, self.language(), inner)
    }

    /// The label that tells failures.
    pub(crate) fn failure(&self) -> Option<&FailureLabel> {
        self.failure.as_ref()
    }

    /// The measurements in a second that failed.
    pub(crate) fn failure_rate(&self, by: &[String], range: &str) -> Option<String> {
        let failed = &self.failure.as_ref()?.failed;
        let all = self.for_all_outcomes()?;
        Some(sum(by, self.language(), all.plain_rate(std::slice::from_ref(failed), range)))
    }

    /// The share of measurements that failed, from 0 to 1. Without measurements it is no number.
    ///
    /// The share is 0, and not absent, while no failure was recorded.
    pub(crate) fn failure_share(&self, by: &[String], range: &str) -> Option<String> {
        let total = self.for_all_outcomes()?.rate(by, range);
        let failed = self.failure_rate(by, range)?;
        Some(format!("({failed} or 0 * {total}) / {total}"))
    }

    /// The series without a condition on the label that tells failures.
    fn for_all_outcomes(&self) -> Option<Self> {
        let failure = self.failure.as_ref()?;
        let selector = self.selector.ignoring(std::slice::from_ref(&failure.label));
        Some(Self { selector, ..self.clone() })
    }

    /// A quantile of a histogram's values.
    pub(crate) fn quantile(&self, quantile: f64, by: &[String], range: &str) -> String {
        format!("histogram_quantile({quantile}, {})", self.bucket_sum(by, rate, range))
    }

    /// The share of a histogram's values that are at most `limit`, estimated from buckets whose
    /// limits are others.
    pub(crate) fn estimated_share(&self, limit: f64, by: &[String], range: &str) -> String {
        match self.buckets {
            Some(Buckets::Native) => {
                format!("histogram_fraction(-Inf, {limit}, {})", self.bucket_sum(by, rate, range))
            }
            _ => format!("histogram_share({limit}, {})", self.bucket_sum(by, rate, range)),
        }
    }

    /// The values of a histogram by bucket.
    pub(crate) fn heat_map(&self, range: &str) -> String {
        let buckets = self.bucket_sum(&[], increase, range);
        match self.buckets {
            Some(Buckets::Ranges) => format!("prometheus_buckets({buckets})"),
            _ => buckets,
        }
    }

    /// The buckets of all series that differ only in other labels than `by`.
    fn bucket_sum(
        &self,
        by: &[String],
        growth: fn(Selector, &str) -> String,
        range: &str,
    ) -> String {
        let of_bucket = match self.buckets {
            Some(Buckets::Classic) => Some("le"),
            Some(Buckets::Ranges) => Some("vmrange"),
            _ => None,
        };
        let series = match of_bucket {
            Some(_) => self.selector.ending("_bucket"),
            None => self.selector.clone(),
        };
        let by: Vec<String> = of_bucket.map(str::to_owned).into_iter().chain(by.to_vec()).collect();
        sum(&by, self.language(), growth(series, range))
    }
}
