//! An enum of a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::plan::Plan;
use super::registry::Registry;
use super::resolve::resolve;
use super::source::write;

/// The longest file, in bytes.
const MAX_LENGTH: usize = 16 * 1024 * 1024;

/// The source of an enum that has the metrics of a registry of semantic conventions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedEnum {
    /// The source in Rust.
    pub source: String,
    /// The facts that an enum cannot express, or that the files lack. Each text is a comment of the
    /// source too.
    pub problems: Vec<String>,
}

impl GeneratedEnum {
    /// The enum of the metrics in these files of a registry. Attributes may be defined in one file
    /// and used in another one.
    ///
    /// # Errors
    /// If a file cannot be read, or if the files have no metric.
    pub fn of_files(files: &[impl AsRef<str>]) -> Result<Self, SemanticConventionsError> {
        let mut registries = Vec::with_capacity(files.len());
        for (at, text) in files.iter().enumerate() {
            registries.push(read(text.as_ref(), at, files.len())?);
        }
        let other = other_signals(&registries);
        let mut missing = BTreeSet::new();
        let metrics = resolve(registries, &mut missing);
        if metrics.is_empty() {
            let reason = "there is no metric in it; the groups of metrics have `type: metric`";
            return Err(SemanticConventionsError(reason.to_owned()));
        }
        let missing = missing.into_iter();
        let missing =
            missing.map(|what| format!("{what} is not defined in the files that are read"));
        let mut problems: Vec<String> = missing.chain(other).collect();
        let plan = Plan::of(metrics, &mut problems);
        if plan.metrics.is_empty() {
            let reason = format!("no metric can be expressed:\n{}", problems.join("\n"));
            return Err(SemanticConventionsError(reason));
        }
        Ok(Self { source: write(&plan, &problems), problems })
    }
}

/// Writes a metrics enum in Rust from a file of a registry of OpenTelemetry's semantic conventions,
/// in the syntax of version 1.
///
/// ```
/// use typed_metrics_catalog::to_enum;
///
/// let registry = r#"
/// groups:
///   - id: metric.ferry.waiting
///     type: metric
///     metric_name: ferry.waiting
///     instrument: updowncounter
///     unit: "{car}"
///     brief: Cars at the pier.
///     stability: development
///     attributes:
///       - id: ferry.pier
///         type: { members: [{ id: north, value: north }, { id: south, value: south }] }
///         brief: The pier.
///         stability: development
///         requirement_level: required
/// "#;
/// let source = to_enum(registry)?;
/// assert!(source.contains("pub enum Ferry {"), "{source}");
/// assert!(source.contains("    /// Cars at the pier.\n    #[up_down_counter(unit = \"{car}\")]\n"));
/// assert!(source.contains("        ferry_pier: FerryPier,"));
/// # Ok::<(), typed_metrics_catalog::SemanticConventionsError>(())
/// ```
///
/// - The prefix of the enum is what all names have in common. A name that does not follow from its
///   variant is written with `name`.
/// - An attribute with members is an enum that derives `Label`; `string` is `&str`, `int` is `i64`
///   and `boolean` is `bool`. An attribute that is not required is an `Option`.
/// - A metric that was renamed to one of the enum is the old name of that metric.
/// - What an enum cannot express is a comment at the beginning of the source.
///   [`GeneratedEnum::of_files`] also lists these problems, and reads attributes from other files.
///
/// # Errors
/// If the file cannot be read, or if it has no metric.
pub fn to_enum(text: &str) -> Result<String, SemanticConventionsError> {
    GeneratedEnum::of_files(&[text]).map(|generated| generated.source)
}

/// How many groups are neither metrics nor attributes, by their type.
fn other_signals(registries: &[Registry]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for group in registries.iter().flat_map(|registry| &registry.groups) {
        if !matches!(&*group.signal, "metric" | "attribute_group" | "") {
            *counts.entry(&group.signal).or_default() += 1;
        }
    }
    let counts: Vec<_> =
        counts.into_iter().map(|(signal, count)| format!("{count} of type `{signal}`")).collect();
    (!counts.is_empty())
        .then(|| format!("groups that are no metrics are left out: {}", counts.join(", ")))
}

fn read(text: &str, at: usize, count: usize) -> Result<Registry, SemanticConventionsError> {
    let fail = |reason: String| {
        let file = if count > 1 { format!("file {}: ", at + 1) } else { String::new() };
        SemanticConventionsError(format!("{file}{reason}"))
    };
    if text.len() > MAX_LENGTH {
        let length = text.len();
        return Err(fail(format!(
            "it has {length} bytes; the longest that is read has {MAX_LENGTH}"
        )));
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let error = error.to_string();
        let first = error.lines().next().unwrap_or_default();
        fail(format!("this is no registry of version 1, with `groups`: {first}"))
    })
}

/// The reason why a registry does not become an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemanticConventionsError(String);

impl fmt::Display for SemanticConventionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SemanticConventionsError {}
