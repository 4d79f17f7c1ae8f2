//! Metrics that have one name after translation.

use std::collections::HashMap;
use std::fmt;

use typed_metrics_core::{Descriptor, Scope};

use crate::escaping::Escaping;
use crate::kind::Kind;
use crate::naming::Naming;
use crate::scope::labels_of;

/// A metric with its name in the scrape.
#[derive(Debug)]
pub(crate) struct Named {
    /// Translated and escaped.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// `None` for `target_info`.
    pub(crate) metric: Option<&'static Descriptor>,
    /// The number of the metric in its source.
    pub(crate) index: usize,
}

/// The families of a scrape, sorted by name.
#[derive(Debug, Default)]
pub(crate) struct Families {
    /// Never empty; the metrics of each have one name and one type.
    pub(crate) families: Vec<Vec<Named>>,
    /// The metrics that cannot be exported, because a family before has their name.
    pub(crate) left_out: Vec<NameConflict>,
}

impl Families {
    /// The families of these metrics, each with its number in the source.
    pub(crate) fn of(
        naming: &Naming,
        escaping: Escaping,
        metrics: impl IntoIterator<Item = (usize, &'static Descriptor)>,
        has_target: bool,
    ) -> Self {
        let named = |(index, metric): (usize, &'static Descriptor)| Named {
            name: escaping.metric(&naming.metric_name(metric)).into_owned(),
            kind: Kind::of(metric),
            metric: Some(metric),
            index,
        };
        let mut all: Vec<Named> = metrics.into_iter().map(named).collect();
        all.sort_by(|a, b| a.key().cmp(&b.key()));
        if has_target {
            let name = escaping.metric("target_info").into_owned();
            let target = Named { name, kind: Kind::Info, metric: None, index: 0 };
            let place = all.partition_point(|other| other.key() < target.key());
            all.insert(place, target);
        }
        let mut families = Self::default();
        let mut taken = HashMap::new();
        // `target_info` has its name whatever comes before it.
        for named in all.iter().filter(|named| named.metric.is_none()) {
            take(named, &mut taken);
        }
        for named in all {
            families.add(named, &mut taken);
        }
        families
    }

    fn add(&mut self, named: Named, taken: &mut HashMap<String, Owner>) {
        if let Some(last) = self.families.last_mut()
            && last[0].name == named.name
            && last[0].kind.is_one_with(named.kind)
            && last[0].metric.is_some()
        {
            last.push(named);
            return;
        }
        let owner = names_of(&named).find_map(|name| taken.get(&name).copied());
        match (owner, named.metric) {
            (Some(owner), Some(metric)) => {
                let first = owner.metric;
                self.left_out.push(NameConflict { name: named.name, first, second: metric });
            }
            (_, None) => self.families.push(vec![named]),
            (None, Some(_)) => {
                take(&named, taken);
                self.families.push(vec![named]);
            }
        }
    }
}

/// The metric that a name belongs to.
#[derive(Debug, Clone, Copy)]
struct Owner {
    metric: Option<&'static Descriptor>,
}

fn take(named: &Named, taken: &mut HashMap<String, Owner>) {
    taken.extend(names_of(named).map(|name| (name, Owner { metric: named.metric })));
}

/// The names that belong to a metric in one of the formats: the name of its family with and without
/// the ending of its type, and those of its samples.
fn names_of(named: &Named) -> impl Iterator<Item = String> {
    let endings = named.kind.endings();
    // Only `_total` of a counter and `_info` are part of the metric's own name.
    let own = endings.first().filter(|_| named.kind != Kind::Histogram);
    let base = own.and_then(|ending| named.name.strip_suffix(ending));
    let base = base.filter(|base| !base.is_empty());
    let base = base.unwrap_or(&named.name).to_owned();
    let with_endings: Vec<_> = endings.iter().map(|ending| format!("{base}{ending}")).collect();
    [base].into_iter().chain(with_endings)
}

impl Named {
    fn key(&self) -> (&str, &str, usize) {
        (&self.name, self.metric.map_or("", Descriptor::name), self.index)
    }
}

/// The two in this order, if one is the old name that `was` gives the other.
pub(crate) fn new_and_old<'a>(
    a: &'a Descriptor,
    b: &'a Descriptor,
) -> Option<(&'a Descriptor, &'a Descriptor)> {
    if b.renamed_to() == Some(a.name()) {
        return Some((a, b));
    }
    (a.renamed_to() == Some(b.name())).then_some((b, a))
}

/// Whether the two are definitions of one metric, or instruments of one scope that contradict each
/// other. Equal series of theirs are merged.
pub(crate) fn is_one(a: &Descriptor, b: &Descriptor) -> bool {
    a.name() == b.name() && of_scope(a) == of_scope(b)
}

/// The identity of the metric's scope.
fn of_scope(metric: &Descriptor) -> Option<*const Scope> {
    metric.scope().map(std::ptr::from_ref)
}

/// A metric that cannot be exported beside another one, because both have one name in Prometheus.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NameConflict {
    /// The name in Prometheus of the metric that is left out.
    pub name: String,
    /// The metric that has the name; `None` for `target_info`.
    pub first: Option<&'static Descriptor>,
    /// The metric that is left out.
    pub second: &'static Descriptor,
}

impl fmt::Display for NameConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, first, second } = self;
        if let Some((new, old)) = first.and_then(|first| new_and_old(first, second)) {
            return write!(
                f,
                "metric `{}` ({}, {}) clashes in Prometheus with its own old name `{}`, because \
                 `{}` is `{name}` there; leave out `was`",
                new.name(),
                new.metric_type(),
                new.source(),
                old.name(),
                second.name(),
            );
        }
        write!(
            f,
            "metric `{}` ({}, {}) is `{name}` in Prometheus, which clashes with ",
            second.name(),
            second.metric_type(),
            second.source()
        )?;
        match first {
            Some(first) => write!(
                f,
                "metric `{}` ({}, {}); rename one of them",
                first.name(),
                first.metric_type(),
                first.source()
            ),
            None => f.write_str("the attributes of the resource, `target_info`; rename the metric"),
        }
    }
}

/// The metrics that cannot be exported because of their names.
#[derive(Debug, Clone)]
pub struct NameConflicts(Vec<NameConflict>);

impl NameConflicts {
    /// The conflicts, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &NameConflict> {
        self.0.iter()
    }
}

impl fmt::Display for NameConflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            [conflict] => conflict.fmt(f),
            conflicts => {
                write!(f, "{} names clash in Prometheus:", conflicts.len())?;
                conflicts.iter().try_for_each(|conflict| write!(f, "\n- {conflict}"))
            }
        }
    }
}

impl std::error::Error for NameConflicts {}

impl Naming {
    /// Checks that no two metrics have one name in Prometheus.
    ///
    /// Names clash if they are equal after translation, or if one is a name that another metric
    /// needs: a counter `jobs` and a gauge `jobs.total` would both be `jobs_total`. Two metrics of
    /// one type may share a name if their labels differ.
    ///
    /// The check does not know the settings: with a [resource](crate::Settings::resource), a scrape
    /// also leaves out a metric named `target_info`.
    ///
    /// ```
    /// use typed_metrics_core::{Metric, catalog, register_metric};
    /// use typed_metrics_prometheus::Naming;
    ///
    /// register_metric("cache.hits", Metric::counter("cache.hits")).unwrap();
    /// assert!(Naming::default().check(&catalog()).is_ok());
    ///
    /// register_metric("cache_hits", Metric::histogram("cache_hits_total")).unwrap();
    /// let conflicts = Naming::default().check(&catalog()).unwrap_err();
    /// let conflict = conflicts.iter().next().unwrap();
    /// assert_eq!(conflict.name, "cache_hits_total");
    /// assert_eq!(conflict.second.name(), "cache_hits_total");
    /// ```
    ///
    /// # Errors
    /// One [`NameConflict`] for each metric that a scrape would leave out.
    pub fn check(&self, metrics: &[&'static Descriptor]) -> Result<(), NameConflicts> {
        let mut conflicts: Vec<NameConflict> = Vec::new();
        // Names may differ only in characters that some scrapers do not allow.
        for escaping in [Escaping::AllowUtf8, Escaping::Underscores] {
            let families = Families::of(self, escaping, metrics.iter().copied().enumerate(), false);
            let equal = families.families.iter().flat_map(|family| self.equal_series(family));
            for conflict in families.left_out.into_iter().chain(equal) {
                let is_same = |known: &NameConflict| std::ptr::eq(known.second, conflict.second);
                if !conflicts.iter().any(is_same) {
                    conflicts.push(conflict);
                }
            }
        }
        conflicts.sort_by(|a, b| a.name.cmp(&b.name));
        if conflicts.is_empty() { Ok(()) } else { Err(NameConflicts(conflicts)) }
    }

    /// The metrics of a family whose series may have the labels of another one's.
    fn equal_series(&self, family: &[Named]) -> Vec<NameConflict> {
        let metrics: Vec<&'static Descriptor> =
            family.iter().filter_map(|named| named.metric).collect();
        let mut conflicts = Vec::new();
        for (number, second) in metrics.iter().enumerate() {
            let is_equal = |first: &&&'static Descriptor| {
                !is_one(first, second) && self.may_have_equal_labels(first, second)
            };
            if let Some(first) = metrics[..number].iter().find(is_equal) {
                let name = family[0].name.clone();
                conflicts.push(NameConflict { name, first: Some(first), second });
            }
        }
        conflicts
    }

    /// Whether a series of one metric may have the labels of one of the other metric. Labels of
    /// run-time metrics are not known before.
    fn may_have_equal_labels(&self, a: &Descriptor, b: &Descriptor) -> bool {
        let names = |metric: &Descriptor| {
            let labels = metric.labels().iter();
            let mut names: Vec<String> =
                labels.map(|label| self.label_name(label.name()).into_owned()).collect();
            names.sort();
            names
        };
        let differ_in_a_constant = self.scope_labels(a) != self.scope_labels(b)
            || a.labels().iter().any(|label| {
                let other = b.labels().iter().find(|other| other.name() == label.name());
                label.cardinality() == Some(1)
                    && other.is_some_and(|other| {
                        other.cardinality() == Some(1) && other.value_at(0) != label.value_at(0)
                    })
            });
        names(a) == names(b) && !differ_in_a_constant
    }

    /// The labels of the metric's scope in a scrape; `None` without a scope.
    fn scope_labels(&self, metric: &Descriptor) -> Option<Vec<(String, String)>> {
        let mut labels = labels_of(metric.scope()?);
        // For Prometheus, a label without text is absent.
        labels.retain(|(_, value)| !value.is_empty());
        labels.iter_mut().for_each(|(name, _)| *name = self.label_name(name).into_owned());
        labels.sort();
        Some(labels)
    }
}
