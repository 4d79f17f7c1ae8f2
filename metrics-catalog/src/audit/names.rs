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
        let mut names =
            Self { samples: BTreeMap::new(), other: BTreeMap::new(), first_words: BTreeSet::new() };
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

    /// Whether a name that is not known belongs to something else than the program.
    pub(super) fn is_foreign(&self, name: &str) -> bool {
        !self.first_words.contains(first_word(name))
            && !self.other.contains_key(name)
            && self.most_similar(name).is_none_or(|(similarity, _)| similarity < NEARLY_THE_SAME)
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
        self.most_similar(name)
            .filter(|(similarity, _)| *similarity >= SIMILAR)
            .map(|(_, name)| name)
    }

    fn most_similar(&self, name: &str) -> Option<(f64, &str)> {
        let names = self.samples.keys().map(String::as_str);
        most_similar(name, names)
    }
}

/// The name that is most similar to `name`, and how similar.
fn most_similar<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<(f64, &'n str)> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    let scored = names.map(|known| (normalized_damerau_levenshtein(name, known), known));
    // Of equal ones, the first by name.
    scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    })
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
    let (similarity, known) = most_similar(name, names)?;
    // Short names differ much by one letter.
    let needed = if longest <= 4 { 0.5 } else { 0.6 };
    (similarity >= needed).then_some(known)
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
