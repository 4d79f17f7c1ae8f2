//! The names of a catalog's series in Prometheus.

use std::collections::{BTreeMap, BTreeSet};

use strsim::normalized_damerau_levenshtein;
use typed_metrics_prometheus::Naming;

use crate::catalog::Catalog;
use crate::entry::{Entry, Kind, LabelValues};

/// Names above this similarity, from 0 to 1, are taken for each other.
const SIMILAR: f64 = 0.75;

/// A name above this similarity is taken for a name of the catalog even if its first word is
/// another one.
const NEARLY_THE_SAME: f64 = 0.88;

/// Longer names are not compared.
const MAX_COMPARED: usize = 255;

/// The series of a catalog, by their names.
pub(super) struct Names<'a> {
    samples: BTreeMap<String, Sample<'a>>,
    /// Names under another [`Naming`], with those under this one.
    other: BTreeMap<String, String>,
    /// The words with which names begin.
    first_words: BTreeSet<String>,
    /// The values of each label in all metrics; `None` if a metric has an open one.
    label_values: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// The series of one name.
#[derive(Debug, Clone)]
pub(super) struct Sample<'a> {
    pub(super) entry: &'a Entry,
    pub(super) part: Part,
    /// The new name, if this is an old one.
    pub(super) renamed_to: Option<String>,
}

/// The part of a metric that a series has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Value,
    Bucket,
    Sum,
    Count,
    Created,
}

impl<'a> Names<'a> {
    pub(super) fn new(catalog: &'a Catalog, naming: &Naming) -> Self {
        let mut names = Self {
            samples: BTreeMap::new(),
            other: BTreeMap::new(),
            first_words: BTreeSet::new(),
            label_values: label_values(catalog, naming),
        };
        for entry in catalog {
            let name = naming.metric_name(entry.descriptor());
            names
                .first_words
                .extend([first_word(&name), first_word(entry.name())].map(str::to_owned));
            for other in other_namings() {
                let other = other.metric_name(entry.descriptor());
                if other != name {
                    names.other.entry(other).or_insert_with(|| name.clone());
                }
            }
            names.add(entry, &name, None);
            // Both are asked for: a program may be scraped and export over OTLP.
            names.add(entry, &naming.metric_name_over_otlp(entry.descriptor()), None);
        }
        for entry in catalog {
            if let Some(old) = naming.old_metric_name(entry.descriptor()) {
                let new = naming.metric_name(entry.descriptor());
                names.first_words.insert(first_word(&old).to_owned());
                names.add(entry, &old, Some(&new));
            }
        }
        names
    }

    fn add(&mut self, entry: &'a Entry, name: &str, new: Option<&str>) {
        let mut add = |base: &str, suffix: &str, part| {
            let renamed_to = new.map(|new| match part {
                Part::Created => format!("{}{suffix}", without_total(new)),
                _ => format!("{new}{suffix}"),
            });
            let sample = Sample { entry, part, renamed_to };
            self.samples.entry(format!("{base}{suffix}")).or_insert(sample);
        };
        add(name, "", Part::Value);
        match entry.kind() {
            Kind::Histogram(_) | Kind::ExponentialHistogram => {
                add(name, "_bucket", Part::Bucket);
                add(name, "_sum", Part::Sum);
                add(name, "_count", Part::Count);
                add(name, "_created", Part::Created);
            }
            Kind::Counter => add(without_total(name), "_created", Part::Created),
            _ => {}
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Sample<'a>> {
        self.samples.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Sample<'a>)> {
        self.samples.iter().map(|(name, sample)| (&**name, sample))
    }

    /// Whether the label has the value in a metric of the catalog.
    pub(super) fn has_label_value(&self, label: &str, value: &str) -> bool {
        let values = self.label_values.get(label);
        values.is_some_and(|values| values.as_ref().is_none_or(|all| all.contains(value)))
    }

    /// Whether a name that is not known belongs to something else than the program.
    pub(super) fn is_foreign(&self, name: &str) -> bool {
        !self.first_words.contains(first_word(name))
            && !self.other.contains_key(name)
            && self.most_similar(name, NEARLY_THE_SAME).is_none()
    }

    /// The name that was probably meant.
    pub(super) fn suggestion(&self, name: &str) -> Option<&str> {
        if let Some(name) = self.other.get(name) {
            return Some(name);
        }
        for ending in ["_total", "_bucket", "_sum", "_count", "_info"] {
            if let Some(shorter) = name.strip_suffix(ending)
                && let Some(name) = self.other.get(shorter).or_else(|| self.other.get(name))
                && let Some((known, _)) = self.samples.get_key_value(&format!("{name}{ending}"))
            {
                return Some(known);
            }
        }
        let longer = |ending| self.samples.get_key_value(&format!("{name}{ending}"));
        if let Some((known, _)) = longer("_total") {
            return Some(known);
        }
        self.most_similar(name, SIMILAR)
    }

    fn most_similar(&self, name: &str, at_least: f64) -> Option<&str> {
        most_similar(name, self.samples.keys().map(String::as_str), at_least)
    }
}

/// The name that is most similar to `name`, if any is as similar as `at_least`.
fn most_similar<'n>(
    name: &str,
    names: impl Iterator<Item = &'n str>,
    at_least: f64,
) -> Option<&'n str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    let letters = Letters::of(name);
    let near = names.filter(|known| letters.similarity(&Letters::of(known)) >= at_least);
    let scored = near.map(|known| (normalized_damerau_levenshtein(name, known), known));
    let scored = scored.filter(|(similarity, _)| *similarity >= at_least);
    // Of equal ones, the first by name.
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.map(|(_, name)| name)
}

/// How often each letter is in a name. Comparing letters is much faster than comparing names.
struct Letters {
    counts: [u8; 32],
    length: usize,
}

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0_u8; 32];
        let mut length = 0;
        for c in name.chars().take(MAX_COMPARED) {
            // Letters that share a place only make names look more similar.
            let count = &mut counts[c as usize % 32];
            *count = count.saturating_add(1);
            length += 1;
        }
        Self { counts, length }
    }

    /// A similarity that names with these letters do not exceed.
    fn similarity(&self, other: &Self) -> f64 {
        let pairs = self.counts.iter().zip(&other.counts);
        let (more, less) = pairs.fold((0, 0), |(more, less), (a, b)| {
            (more + usize::from(a.saturating_sub(*b)), less + usize::from(b.saturating_sub(*a)))
        });
        // An edit takes one letter away, adds one, or both.
        let edits = more.max(less);
        1.0 - edits as f64 / self.length.max(other.length).max(1) as f64
    }
}

/// The text of `names` that was probably meant by `name`.
pub(super) fn closest<'n>(
    name: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<&'n str> {
    let longest = name.chars().count();
    let is_part = |known: &&str| longest > 2 && (known.contains(name) || name.contains(known));
    if let Some(known) = names.clone().filter(|known| known.len() > 2).find(is_part) {
        return Some(known);
    }
    // Short names differ much by one letter.
    most_similar(name, names, if longest <= 4 { 0.5 } else { 0.6 })
}

fn label_values(catalog: &Catalog, naming: &Naming) -> BTreeMap<String, Option<BTreeSet<String>>> {
    let mut all: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
    for label in catalog.iter().flat_map(Entry::labels) {
        let name = naming.label_name(label.name).into_owned();
        let known = all.entry(name).or_insert_with(|| Some(BTreeSet::new()));
        match (known, label.values) {
            (Some(known), LabelValues::Fixed(values)) => known.extend(values),
            (known, _) => *known = None,
        }
    }
    all
}

fn without_total(name: &str) -> &str {
    name.strip_suffix("_total").unwrap_or(name)
}

/// The word with which a name begins.
fn first_word(name: &str) -> &str {
    name.split(['_', '.', ':', '/', '-']).find(|word| !word.is_empty()).unwrap_or(name)
}

fn other_namings() -> impl Iterator<Item = Naming> {
    [false, true].into_iter().flat_map(|utf8| {
        [(true, true), (true, false), (false, true), (false, false)]
            .map(|(unit, total)| Naming::default().utf8(utf8).unit_suffix(unit).total_suffix(total))
    })
}

impl Sample<'_> {
    /// The labels in Prometheus and their values; `None` if they are known only at run time.
    pub(super) fn labels(&self, naming: &Naming) -> Option<BTreeMap<String, LabelValues>> {
        // The labels of a metric that is registered at run time are those of each measurement.
        self.entry.group()?;
        let labels = self.entry.labels().into_iter();
        let mut labels: BTreeMap<String, LabelValues> = labels
            .map(|label| (naming.label_name(label.name).into_owned(), label.values))
            .collect();
        if let Kind::State(label) = self.entry.kind() {
            // OpenMetrics 1.0 gives the label of the state the name of the metric.
            let states = labels.get(&*naming.label_name(label)).cloned();
            let name = naming.metric_name(self.entry.descriptor());
            labels.extend(states.map(|states| (name, states)));
        }
        Some(labels)
    }

    /// Whether the number only grows while a process runs.
    pub(super) fn is_counter(&self) -> bool {
        match (self.part, self.entry.kind()) {
            (Part::Created, _) => false,
            (Part::Bucket | Part::Sum | Part::Count, _) => true,
            (Part::Value, kind) => {
                matches!(kind, Kind::Counter | Kind::Histogram(_) | Kind::ExponentialHistogram)
            }
        }
    }

    /// Whether this is a histogram that is one series.
    pub(super) fn is_native(&self) -> bool {
        self.part == Part::Value
            && matches!(self.entry.kind(), Kind::Histogram(_) | Kind::ExponentialHistogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_never_hide_a_similar_name() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..20_000 {
            let mut name = |n: usize| -> String {
                (0..random.usize(..n))
                    .map(|_| random.choice(['a', 'b', 'c', 'é', '_']).unwrap())
                    .collect()
            };
            let (a, b) = (name(12), name(12));
            let bound = Letters::of(&a).similarity(&Letters::of(&b));
            let similarity = normalized_damerau_levenshtein(&a, &b);
            assert!(bound >= similarity - 1e-9, "{a} {b}: {bound} < {similarity}");
        }
    }

    #[test]
    fn the_closest_name_is_meant() {
        let names = ["alpha_seconds_total", "alpha_seconds_sum", "beta"];
        let names = || names.iter().copied();
        assert_eq!(most_similar("alpha_second_total", names(), 0.75), Some("alpha_seconds_total"));
        assert_eq!(most_similar("gamma", names(), 0.75), None);
        assert_eq!(closest("seconds", names()), Some("alpha_seconds_total"));
        assert_eq!(closest("bata", names()), Some("beta"));
        assert_eq!(closest("x", names()), None);
    }
}
