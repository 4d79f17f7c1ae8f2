//! The facts about a metric that its definition states.

use super::label_descriptor::LabelDescriptor;
use super::lifetime::Lifetime;
use super::presentation::Presentation;
use super::source::{Place, Source};
use crate::cells::grid::Grid;
use crate::rules::exponential::ExponentialSettings;
use crate::rules::kind::{MetricType, ValueType};
use crate::rules::limits::DEFAULT_SERIES_LIMIT;

/// The fields of a [`Descriptor`](super::descriptor::Descriptor), as the derive writes them.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Definition {
    pub name: &'static str,
    pub metric_type: MetricType,
    pub value_type: ValueType,
    pub unit: &'static str,
    pub description: &'static str,
    pub labels: &'static [LabelDescriptor],
    pub boundaries: &'static [f64],
    /// Some if the metric is an exponential histogram, which has no boundaries.
    pub exponential: Option<ExponentialSettings>,
    pub series_limit: usize,
    pub lifetime: Lifetime,
    /// `None` if readers show what is stored. A reference, because most metrics have none.
    pub presentation: Option<&'static Presentation>,
    /// Shared by all metrics of an enum.
    pub place: &'static Place,
    pub line: u32,
    pub item: &'static str,
}

impl Definition {
    pub(crate) const fn presentation(&self) -> &'static Presentation {
        match self.presentation {
            Some(presentation) => presentation,
            None => &Presentation::PLAIN,
        }
    }

    /// The rule for a histogram's buckets.
    pub(crate) const fn grid(&self) -> Grid {
        match self.exponential {
            Some(settings) => Grid::Exponential(settings),
            None => Grid::Explicit(self.boundaries),
        }
    }

    pub(crate) const fn source(&self) -> Source {
        let Self { place: Place { file, module }, line, item, .. } = *self;
        Source { file, line, module, item }
    }

    /// See `Descriptor::stored_type`.
    pub(crate) const fn stored_type(&self) -> MetricType {
        if self.presentation().other_labels().is_some() || self.presentation().is_info() {
            MetricType::Gauge
        } else {
            self.metric_type
        }
    }

    /// See `Descriptor::stored_labels`.
    pub(crate) const fn stored_labels(&self) -> &'static [LabelDescriptor] {
        match self.presentation().other_labels() {
            Some(others) => others,
            None => self.labels,
        }
    }

    /// The name of the attribute that declares such a metric.
    pub(crate) const fn kind_name(&self) -> &'static str {
        if self.presentation().is_info() {
            "info"
        } else if self.presentation().other_labels().is_some() {
            "state"
        } else {
            self.metric_type.as_str()
        }
    }
}

/// Few tokens for each metric of an enum: the derive writes only what differs from the defaults.
#[allow(missing_docs, reason = "only generated code uses it")]
impl Definition {
    const fn of(
        metric_type: MetricType,
        name: &'static str,
        description: &'static str,
        labels: &'static [LabelDescriptor],
        line: u32,
        item: &'static str,
    ) -> Self {
        Self {
            name,
            metric_type,
            value_type: metric_type.value_types()[0],
            unit: "",
            description,
            labels,
            boundaries: &[],
            exponential: None,
            series_limit: DEFAULT_SERIES_LIMIT,
            lifetime: Lifetime::UNSET,
            presentation: None,
            place: &Place::NOWHERE,
            line,
            item,
        }
    }

    /// The same definition in this place.
    pub(crate) const fn placed(self, place: &'static Place) -> Self {
        Self { place, ..self }
    }
}

macro_rules! constructors {
    ($($name:ident: $kind:ident;)*) => {
        #[allow(missing_docs, reason = "only generated code uses it")]
        impl Definition {
            $(#[must_use]
            pub const fn $name(
                name: &'static str,
                description: &'static str,
                labels: &'static [LabelDescriptor],
                line: u32,
                item: &'static str,
            ) -> Self {
                Self::of(MetricType::$kind, name, description, labels, line, item)
            })*
        }
    };
}

constructors! {
    counter: Counter;
    up_down_counter: UpDownCounter;
    gauge: Gauge;
    histogram: Histogram;
}

macro_rules! setters {
    ($($field:ident: $type:ty;)*) => {
        #[allow(missing_docs, reason = "only generated code uses it")]
        impl Definition {
            $(#[must_use]
            pub const fn $field(self, $field: $type) -> Self {
                Self { $field, ..self }
            })*
        }
    };
}

setters! {
    value_type: ValueType;
    unit: &'static str;
    boundaries: &'static [f64];
    series_limit: usize;
    lifetime: Lifetime;
}

#[allow(missing_docs, reason = "only generated code uses it")]
impl Definition {
    #[must_use]
    pub const fn exponential(self, settings: ExponentialSettings) -> Self {
        Self { exponential: Some(settings), ..self }
    }

    #[must_use]
    pub const fn shown(self, presentation: &'static Presentation) -> Self {
        Self { presentation: Some(presentation), ..self }
    }
}
