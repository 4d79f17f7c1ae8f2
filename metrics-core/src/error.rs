//! Errors at set-up. Recording never fails.

use std::fmt;
use std::sync::Arc;

use crate::metric::descriptor::Descriptor;
use crate::metric::source::Source;
use crate::rules::buckets::BucketError;
use crate::rules::kind::MetricType;
use crate::rules::name::NameError;
use crate::rules::unit::UnitError;

/// An error at set-up. The message names the thing, the value, the rule and the fix.
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// Two definitions of one metric disagree.
    Conflict(Box<Conflict>),
    /// This program has no back end with this name.
    UnknownHandler {
        /// The requested name.
        name: String,
        /// The name that was probably meant.
        suggestion: Option<String>,
        /// The available names.
        available: Vec<String>,
        /// The feature that adds the back end, if the back end belongs to this project and is not
        /// compiled in.
        feature: Option<&'static str>,
        /// Features that add further back ends.
        more: Vec<&'static str>,
    },
    /// A handler failed, or panicked.
    Handler {
        /// The name of the handler.
        name: String,
        /// The action that failed.
        action: &'static str,
        /// The error of the handler.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// Several handlers failed.
    Several(Vec<Error>),
    /// A name cannot be used.
    Name {
        /// The kind of the named thing.
        what: &'static str,
        /// The name.
        name: String,
        /// The broken rule.
        source: NameError,
    },
    /// A unit cannot be used.
    Unit {
        /// The metric.
        metric: String,
        /// The unit.
        unit: String,
        /// The broken rule.
        source: UnitError,
    },
    /// Boundaries of a histogram cannot be used.
    Buckets {
        /// The metric.
        metric: String,
        /// The broken rule.
        source: BucketError,
    },
    /// A run-time metric cannot be used as requested.
    Runtime {
        /// The metric.
        metric: String,
        /// The cause, and the fix.
        reason: String,
    },
    /// The settings of a metric cannot be overridden.
    Override {
        /// The metric.
        metric: String,
        /// The cause, and the fix.
        reason: String,
    },
    /// The value of an environment variable cannot be used.
    Variable {
        /// The variable.
        variable: &'static str,
        /// The value.
        value: String,
        /// The cause, and the fix.
        reason: String,
    },
    /// The labels of the process cannot be set.
    ProcessLabels {
        /// The cause, and the fix.
        reason: String,
    },
    /// The values that were to be observed cannot be read.
    Unavailable(Arc<dyn std::error::Error + Send + Sync>),
}

/// The disagreement of two definitions of one metric.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Conflict {
    /// The metric.
    pub name: String,
    /// The fact that differs.
    pub what: &'static str,
    /// The fact in the first definition, and the place of that definition.
    pub first: (String, Source),
    /// The fact in the second definition, and the place of that definition.
    pub second: (String, Source),
}

impl Error {
    /// The conflict between two definitions of a metric, if there is one.
    pub(crate) fn conflict(
        first: &'static Descriptor,
        second: &'static Descriptor,
    ) -> Option<Self> {
        let (what, a, b) = if first.name() == second.name() {
            first.difference(second)?
        } else {
            ("case of the name", first.name().to_owned(), second.name().to_owned())
        };
        Some(Self::Conflict(Box::new(Conflict {
            name: first.name().to_owned(),
            what,
            first: (a, first.source()),
            second: (b, second.source()),
        })))
    }

    /// The conflict between a metric that has the name `old` or had it, and the metric `renamed`,
    /// which had it.
    pub(crate) fn old_name_conflict(
        old: &str,
        other: &'static Descriptor,
        renamed: &'static Descriptor,
    ) -> Option<Self> {
        if other.name() == renamed.name() && !old.eq_ignore_ascii_case(renamed.name()) {
            return None;
        }
        let is_old = other.was().is_some_and(|was| was.eq_ignore_ascii_case(old));
        let of_other =
            format!("the {}name of `{}`", if is_old { "old " } else { "" }, other.name());
        let of_renamed = format!("the old name of `{}`", renamed.name());
        Some(Self::Conflict(Box::new(Conflict {
            name: old.to_owned(),
            what: "use of the name",
            first: (of_other, other.source()),
            second: (of_renamed, renamed.source()),
        })))
    }

    pub(crate) fn runtime(metric: &str, reason: impl Into<String>) -> Self {
        Self::Runtime { metric: metric.to_owned(), reason: reason.into() }
    }

    pub(crate) fn overriding(metric: &str, reason: impl Into<String>) -> Self {
        Self::Override { metric: metric.to_owned(), reason: reason.into() }
    }

    pub(crate) fn wrong_type(metric: &str, registered: MetricType, asked: MetricType) -> Self {
        let (registered, asked) = (registered.in_prose(), asked.in_prose());
        let reason = format!(
            "it is registered as {registered}, not as {asked}; \
             record it as {registered} or choose another name"
        );
        Self::runtime(metric, reason)
    }

    /// One error for all of `errors`; `Ok` if there is none.
    pub(crate) fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Self::Several(errors)),
        }
    }
}

/// The message, as [`Display`](fmt::Display) writes it: `fn main() -> Result<(), Error>` shows this
/// text to people.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::UnknownHandler { name, suggestion, available, feature, more } => {
                write!(f, "there is no handler named `{name}` in this program")?;
                if name.contains(',') {
                    f.write_str(" (give several names as an array, one string each)")?;
                }
                if let Some(suggestion) = suggestion {
                    write!(f, " (did you mean `{suggestion}`?)")?;
                }
                if let Some(feature) = feature {
                    write!(
                        f,
                        "; enable the feature `{feature}` of typed-metrics, or give an instance"
                    )?;
                } else if available.is_empty() {
                    f.write_str("; there is none by name, give an instance instead")?;
                }
                if !available.is_empty() {
                    write!(f, "; there are: `{}`", available.join("`, `"))?;
                }
                if feature.is_none() && suggestion.is_none() && !more.is_empty() {
                    write!(f, "; features of typed-metrics bring: `{}`", more.join("`, `"))?;
                }
                Ok(())
            }
            Self::Handler { name, action, source } => {
                write!(f, "handler `{name}` could not {action}: {source}")
            }
            Self::Several(errors) => {
                write!(f, "{} errors:", errors.len())?;
                errors.iter().try_for_each(|error| write!(f, "\n- {error}"))
            }
            Self::Name { what, name, source } => {
                write!(f, "{what} {name:?} cannot be used: {source}")
            }
            Self::Unit { metric, unit, source } => {
                write!(f, "unit {unit:?} of metric `{metric}` cannot be used: {source}")
            }
            Self::Buckets { metric, source } => {
                write!(f, "buckets of metric `{metric}` cannot be used: {source}")
            }
            Self::Runtime { metric, reason } => write!(f, "metric `{metric}`: {reason}"),
            Self::Override { metric, reason } => {
                write!(f, "metric `{metric}` cannot be overridden: {reason}")
            }
            Self::Variable { variable, value, reason } => {
                write!(f, "the variable `{variable}` is {value:?}: {reason}")
            }
            Self::ProcessLabels { reason } => {
                write!(f, "the labels of the process cannot be set: {reason}")
            }
            Self::Unavailable(source) => source.fmt(f),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, what, first, second } = self;
        write!(
            f,
            "metric `{name}` is defined twice with a different {what}: \
             {} in {}, {} in {}; make them agree or rename one",
            first.0, first.1, second.0, second.1
        )?;
        let crates = [first.1.crate_name(), second.1.crate_name()];
        if crates[0] != crates[1] && !crates.contains(&"") {
            write!(
                f,
                "; an application that can change neither calls `resolve_conflict` with \
                 `Resolution::Keep({:?})`, `Resolution::Keep({:?})` or `Resolution::LeaveOut`",
                crates[0], crates[1]
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Handler { source, .. } => Some(&**source),
            Self::Name { source, .. } => Some(source),
            Self::Unit { source, .. } => Some(source),
            Self::Buckets { source, .. } => Some(source),
            // The message of `error` is this error's own message.
            Self::Unavailable(error) => error.source(),
            _ => None,
        }
    }
}
