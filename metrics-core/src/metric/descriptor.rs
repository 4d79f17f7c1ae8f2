//! The definition of a metric.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::definition::Definition;
use super::label_descriptor::LabelDescriptor;
use super::metric_id::MetricId;
use super::presentation::{OtherName, States};
use super::scope::Scope;
use super::settings::{DecidedSettings, Described, Settings, default_grid};
use super::source::Source;
use crate::cells::grid::Grid;
use crate::labels::set::{Labels, OVERFLOW};
use crate::labels::value::LabelValue;
use crate::rules::exponential::ExponentialSettings;
use crate::rules::kind::{MetricType, ValueType};

/// The definition of a metric: everything that is known about it without its values.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, MetricType};
///
/// let metric = Metric::gauge("queue_depth").unit("{job}");
/// let queue = typed_metrics::register_metric("queue_depth", metric).unwrap();
/// assert_eq!(queue.descriptor().name(), "queue_depth");
/// assert_eq!(queue.descriptor().metric_type(), MetricType::Gauge);
/// assert_eq!(queue.descriptor().series_limit(), 2000);
/// ```
#[derive(Debug)]
pub struct Descriptor {
    definition: Definition,
    /// `None` if the settings cannot be overridden.
    settings: Option<&'static DecidedSettings>,
    scope: Option<&'static Scope>,
}

impl Descriptor {
    /// A descriptor whose settings cannot be overridden.
    pub(crate) const fn new(definition: Definition) -> Self {
        Self { definition, settings: None, scope: None }
    }

    /// The descriptor of a metric whose settings are in `settings`.
    pub(crate) const fn with(definition: Definition, settings: &'static DecidedSettings) -> Self {
        Self { definition, settings: Some(settings), scope: None }
    }

    /// The descriptor of a metric of `scope`.
    pub(crate) const fn in_scope(self, scope: Option<&'static Scope>) -> Self {
        Self { scope, ..self }
    }

    pub(crate) const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The settings of the metric if nobody overrides them.
    pub(crate) fn default_settings(&self) -> Settings {
        Settings {
            grid: default_grid(self.definition.grid()),
            series_limit: self.definition.series_limit,
        }
    }

    /// The settings. The first call decides that they are not overridden.
    pub(crate) fn settings(&self) -> Settings {
        self.decide(self.default_settings())
    }

    /// The settings. Those that are not decided yet are decided to be `wanted`.
    pub(crate) fn decide(&self, wanted: Settings) -> Settings {
        match self.settings {
            Some(settings) => Settings {
                grid: settings.grid_or(wanted.grid),
                series_limit: settings.series_limit_or(wanted.series_limit),
            },
            None => Settings {
                grid: self.definition.grid(),
                series_limit: self.definition.series_limit,
            },
        }
    }

    /// Decides the settings that are some. The result is those that are decided already.
    pub(crate) fn override_settings(
        &self,
        grid: Option<Grid>,
        series_limit: Option<usize>,
    ) -> (Option<Grid>, Option<usize>) {
        let Some(settings) = self.settings else { return self.decided_settings() };
        let series_limit = series_limit.map(|limit| settings.series_limit_or(limit));
        (grid.map(|grid| settings.override_grid(grid)), series_limit)
    }

    /// Decides for the buckets that another definition of the metric has decided for, if both
    /// declare the same ones.
    pub(crate) fn decide_grid_as(&self, twin: &Self) {
        if let Some(settings) = self.settings
            && let (Some(grid), _) = twin.decided_settings()
            && twin.definition.grid() == self.definition.grid()
        {
            settings.grid_or(grid);
        }
    }

    /// The settings that are decided.
    pub(crate) fn decided_settings(&self) -> (Option<Grid>, Option<usize>) {
        match self.settings {
            Some(settings) => settings.get(),
            None => (Some(self.definition.grid()), Some(self.definition.series_limit)),
        }
    }

    /// The settings as far as they are known, without a decision.
    pub(crate) fn current_settings(&self) -> Settings {
        let (grid, series_limit) = self.decided_settings();
        let default = self.default_settings();
        Settings {
            grid: grid.unwrap_or(default.grid),
            series_limit: series_limit.unwrap_or(default.series_limit),
        }
    }

    /// The full name, prefix included.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.definition.name
    }

    /// The instrumentation scope: the library that records the metric through OpenTelemetry's API.
    /// `None` for metrics of this framework.
    #[must_use]
    pub const fn scope(&self) -> Option<&'static Scope> {
        self.scope
    }

    /// The identity of the metric. Use it as a key, rather than the name.
    #[must_use]
    pub fn id(&self) -> MetricId {
        let scoped = self.scope.map_or(0, |_| std::ptr::from_ref(self).addr());
        MetricId::new(self.name(), scoped)
    }

    /// The place of the metric's scope in the order of all scopes; metrics without a scope come
    /// first.
    pub(crate) fn scope_number(&self) -> usize {
        self.scope.map_or(0, Scope::number)
    }

    /// The name, and the scope if there is one.
    pub(crate) fn name_in_prose(&self) -> Cow<'static, str> {
        match self.scope {
            Some(scope) => format!("{} [{}]", self.name(), scope.name()).into(),
            None => self.name().into(),
        }
    }

    /// The kind of instrument. A metric with [states](Self::state_label) and an
    /// [info](Self::is_info) are up-down counters of `i64`.
    #[must_use]
    pub const fn metric_type(&self) -> MetricType {
        self.definition.metric_type
    }

    /// The label whose values are states of which one is current: its series have the value 1 in
    /// the current state and 0 in the others. `None` unless the variant has `#[state]`.
    #[must_use]
    pub fn state_label(&self) -> Option<&'static str> {
        self.states().map(|states| states.label.name())
    }

    /// Whether the metric is a fact that its labels tell, and its value is always 1, as that of a
    /// variant with `#[info]`.
    #[must_use]
    pub const fn is_info(&self) -> bool {
        self.definition.presentation().is_info()
    }

    /// The old name of the metric, which `was = "…"` declares. The metric is exported under both
    /// names; [`renamed_to`](Self::renamed_to) of the descriptor with the old name is the new one.
    #[must_use]
    pub const fn was(&self) -> Option<&'static str> {
        match self.definition.presentation().other_name() {
            OtherName::Was(old) => Some(old),
            _ => None,
        }
    }

    /// The new name of the metric, if this is the descriptor with the [old](Self::was) one.
    #[must_use]
    pub const fn renamed_to(&self) -> Option<&'static str> {
        match self.definition.presentation().other_name() {
            OtherName::RenamedTo(new) => Some(new),
            _ => None,
        }
    }

    /// The descriptor of the metric under its old name, if it has one. Leaks its description.
    pub(crate) fn under_old_name(&self) -> Option<Self> {
        let (new, description) = (self.name(), self.description());
        let blank = if description.is_empty() { "" } else { " " };
        let description = format!("Renamed to `{new}`.{blank}{description}");
        let renamed = self.definition.presentation().renamed_to(new);
        let definition = Definition {
            name: self.was()?,
            description: Box::leak(description.into_boxed_str()),
            presentation: Some(Box::leak(Box::new(renamed))),
            ..self.definition
        };
        Some(Self { definition, ..*self })
    }

    pub(crate) fn states(&self) -> Option<States> {
        self.definition.presentation().other_labels()?;
        States::of(self.labels())
    }

    /// Whether a number is stored that readers show as something else: as states or as an info.
    pub(crate) fn is_state_or_info(&self) -> bool {
        self.definition.presentation().other_labels().is_some() || self.is_info()
    }

    /// The kind of the cells. States and infos are stored as gauges.
    pub(crate) fn stored_type(&self) -> MetricType {
        self.definition.stored_type()
    }

    /// The labels of the stored series: all but that of the state.
    pub(crate) fn stored_labels(&self) -> &'static [LabelDescriptor] {
        self.definition.stored_labels()
    }

    /// The labels of a stored series in the state with this index; `None` if that adds no label.
    pub(crate) fn labels_in_state(&self, stored: &Labels, state: usize) -> Option<Labels> {
        let label = self.states()?.label;
        let value = label.value_at(state).to_value()?;
        let own = self.stored_labels().iter().filter(|label| !label.is_constant());
        let is_own = |name: &str| name == OVERFLOW || own.clone().any(|label| label.name() == name);
        Some(stored.with((label.name().into(), value), is_own))
    }

    /// The type of the metric's values.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        self.definition.value_type
    }

    /// The UCUM unit; empty if none is stated.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match (self.definition.unit, self.described()) {
            ("", Some(described)) => described.unit,
            (unit, _) => unit,
        }
    }

    /// A description of what the metric measures.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match (self.definition.description, self.described()) {
            ("", Some(described)) => described.description,
            (description, _) => description,
        }
    }

    /// The name that the metric has in Prometheus, if another crate has chosen it. It is not
    /// translated.
    #[doc(hidden)]
    #[must_use]
    pub const fn exposed_as(&self) -> Option<&'static str> {
        self.definition.presentation().exposed()
    }

    /// Fills in what the definition leaves empty. The first call counts.
    pub(crate) fn describe(&self, unit: &str, description: &str) {
        let Some(settings) = self.settings.filter(|settings| settings.described().is_none()) else {
            return;
        };
        let leak = |text: &str| -> &'static str { Box::leak(Box::from(text)) };
        let described = Described { unit: leak(unit), description: leak(description) };
        settings.describe(Box::leak(Box::new(described)));
    }

    fn described(&self) -> Option<&'static Described> {
        self.settings?.described()
    }

    /// The labels, in the order of their definition, and then the constant labels, which have one
    /// value. Run-time metrics have only constant labels here: their other labels are the
    /// attributes of each measurement.
    #[must_use]
    pub const fn labels(&self) -> &'static [LabelDescriptor] {
        self.definition.labels
    }

    /// The labels that all series have, with their values.
    pub(crate) fn constant_labels(
        &self,
    ) -> impl Iterator<Item = (Cow<'static, str>, LabelValue)> + use<> {
        let constant = self.labels().iter().filter(|label| label.is_constant());
        constant.filter_map(|label| Some((label.name().into(), label.value_at(0).to_value()?)))
    }

    /// The labels of the overflow series.
    pub(crate) fn overflow_labels(&self) -> Labels {
        Labels::overflow(self.constant_labels())
    }

    /// Inclusive upper limits of a histogram's buckets; empty for other kinds. From this call on,
    /// they cannot be [overridden](crate::override_metric).
    #[must_use]
    pub fn boundaries(&self) -> &'static [f64] {
        self.settings().grid.boundaries()
    }

    /// The rule for a histogram's buckets. From this call on, it is not overridden.
    pub(crate) fn grid(&self) -> Grid {
        self.settings().grid
    }

    /// The settings of an exponential histogram; `None` for histograms with boundaries and other
    /// kinds. From this call on, the histogram keeps its buckets, exponential or not.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, register_metric};
    ///
    /// let size = Metric::histogram("reply.size").unit("By");
    /// let size = register_metric("reply.size", size)?;
    /// assert_eq!(size.descriptor().exponential(), None);
    /// # Ok::<(), typed_metrics::Error>(())
    /// ```
    #[must_use]
    pub fn exponential(&self) -> Option<ExponentialSettings> {
        self.settings().grid.exponential()
    }

    /// Whether the histogram keeps the boundaries of its definition, without an override.
    pub(crate) fn keeps_its_boundaries(&self) -> bool {
        let declared = self.definition.grid();
        !declared.boundaries().is_empty()
            && self.decided_settings().0 == Some(declared)
            && !self.settings.is_some_and(DecidedSettings::is_grid_overridden)
    }

    /// The maximum number of series. Measurements with further label values are recorded in the
    /// overflow series. From this call on, the limit cannot be
    /// [overridden](crate::override_metric).
    #[must_use]
    pub fn series_limit(&self) -> usize {
        self.settings().series_limit
    }

    /// The time without a measurement after which a series is removed; `None` if series are kept.
    /// This is the metric's own expiry or the [default](crate::set_default_expiry).
    #[must_use]
    pub fn expiry(&self) -> Option<Duration> {
        self.definition.lifetime.expiry(self.definition.metric_type)
    }

    /// Whether collections note when series were recorded last.
    pub(crate) fn is_tracked(&self) -> bool {
        self.definition.lifetime.is_tracked()
    }

    /// The place in the source code that defines the metric.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.definition.source()
    }

    /// The first fact in which two definitions of one metric contradict each other, with both
    /// values.
    pub(crate) fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let (a, b) = (&self.definition, &other.definition);
        let differ = |what, x: &dyn fmt::Debug, y: &dyn fmt::Debug| {
            Some((what, format!("{x:?}"), format!("{y:?}")))
        };
        if a.kind_name() != b.kind_name() {
            return Some(("type", a.kind_name().to_owned(), b.kind_name().to_owned()));
        }
        if let (Some(x), Some(y)) = (self.states(), other.states())
            && x.label != y.label
        {
            let states = |states: States| format!("{}: {:?}", states.label.name(), states.texts());
            return Some(("state", states(x), states(y)));
        }
        if a.value_type != b.value_type {
            return Some(("value type", a.value_type.to_string(), b.value_type.to_string()));
        }
        if a.unit != b.unit {
            return differ("unit", &a.unit, &b.unit);
        }
        let [a, b] = [self, other].map(|metric| metric.current_settings().grid);
        (a != b).then(|| ("buckets", a.to_string(), b.to_string()))
    }

    /// The first of the facts that may differ between two definitions of one metric and still
    /// surprises a reader, with both values.
    pub(crate) fn variation(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let (a, b) = (&self.definition, &other.definition);
        if a.description != b.description {
            let (a, b) = (format!("{:?}", a.description), format!("{:?}", b.description));
            return Some(("descriptions", a, b));
        }
        if !are_alike(a.labels, b.labels) {
            return Some(("labels", label_names(a.labels), label_names(b.labels)));
        }
        let (was, other_was) = (self.was(), other.was());
        if was != other_was && was.is_some() && other_was.is_some() {
            return Some(("old names", format!("{was:?}"), format!("{other_was:?}")));
        }
        let (a, b) = (a.lifetime.in_prose(), b.lifetime.in_prose());
        (a != b).then_some(("expiries", a, b))
    }
}

/// Whether the labels are the same. Constant labels may differ in their values, which tell the
/// definitions of one metric apart.
fn are_alike(a: &[LabelDescriptor], b: &[LabelDescriptor]) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len()
        && pairs.all(|(a, b)| a == b || a.is_constant() && b.is_constant() && a.name() == b.name())
}

fn label_names(labels: &[LabelDescriptor]) -> String {
    format!("{:?}", labels.iter().map(LabelDescriptor::name).collect::<Vec<_>>())
}
