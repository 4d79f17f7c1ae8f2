//! The arguments of the command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{
    ArgAction, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};
use typed_metrics_prometheus::Naming;

use crate::audit::rule::Rule;
use crate::promql::dialect::Dialect;

const AFTER: &str = "\
Exit codes: 0 success, 1 findings, 2 wrong arguments or a file that cannot be read or written.

The metrics are those of all crates that are linked into this program. Write `use shop as _;` for a
crate `shop` that nothing else in the program names.";

/// Dashboards, alerts and documentation out of the metrics that this program declares.
#[derive(Debug, Parser)]
#[command(after_help = AFTER, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) action: Action,
    #[command(flatten)]
    pub(super) selection: Selection,
    /// The form of the output
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The same as `--format json`
    #[arg(long, global = true, action = ArgAction::SetTrue, conflicts_with = "format")]
    pub(super) json: bool,
    /// Whether the output has colours; `auto` follows the terminal and `NO_COLOR`
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Write all files into a folder, and remove files of an earlier run that are rendered no more
    Write(Files),
    /// Compare the files in a folder with the metrics, without writing
    ///
    /// Shows the difference of each file that is stale, and names files that are missing or left
    /// over. The exit code is then 1, so CI fails until `write` has run.
    Check(Files),
    /// List the metrics: name, kind, unit, labels
    List,
    /// Check the queries of dashboards and rules against the metrics
    ///
    /// Reads dashboards of Grafana as JSON, and rules of Prometheus as YAML. Reports metrics,
    /// labels, values and buckets that do not exist, and functions that do not fit the kind of a
    /// metric. The exit code is then 1. A comment `# typed-metrics: allow RULE` in an expression
    /// allows a finding.
    Audit(Audited),
    /// Print a metrics enum for a registry of OpenTelemetry's semantic conventions
    FromSemconv {
        /// The files of the registry, in YAML of version 1
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Audited {
    /// Dashboards and rule files, or folders with such files
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Metrics with such names are not of the program, such as `node_*`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(super) foreign: Vec<String>,
    /// A label that all series get from outside of the program, such as `tenant`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(super) label: Vec<String>,
    /// A rule that queries may break, such as `raw-counter`; may be repeated
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub(super) allow: Vec<Rule>,
    #[command(flatten)]
    pub(super) names: Names,
}

fn rule(code: &str) -> Result<Rule, String> {
    Rule::with_code(code).ok_or_else(|| {
        let codes: Vec<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        format!("the rules are {}", codes.join(", "))
    })
}

#[derive(Debug, Args)]
pub(super) struct Names {
    /// The database with the metrics [default: that of the program, or else `scraped`]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) database: Option<Database>,
    /// How the database translates names, by the words of Prometheus' `translation_strategy`
    #[arg(long, value_enum, value_name = "STRATEGY")]
    pub(super) translation: Option<Translation>,
}

/// A database, and the way in which the metrics come there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Database {
    /// Prometheus scrapes the handler `prometheus`
    Scraped,
    /// Prometheus, or a collector before it, receives OTLP
    Otlp,
    /// Mimir receives OTLP, and keeps the names
    Mimir,
    /// VictoriaMetrics receives OTLP, with `-opentelemetry.usePrometheusNaming`
    VictoriaMetrics,
}

#[derive(Debug, Args)]
pub(super) struct Files {
    /// The folder of the files
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Render only these documents, separated by commas [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub(super) documents: Vec<String>,
    #[command(flatten)]
    pub(super) names: Names,
}

#[derive(Debug, Default, Args)]
pub(super) struct Selection {
    /// Only metrics whose names begin with this, such as `shop.`; may be repeated
    #[arg(long, global = true, value_name = "PREFIX")]
    pub(super) only: Vec<String>,
    /// Only metrics of this crate; may be repeated
    #[arg(long = "crate", global = true, value_name = "NAME")]
    pub(super) crates: Vec<String>,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For scripts
    Json,
}

/// The strategies of Prometheus and of the OpenTelemetry collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
pub(super) enum Translation {
    /// `shop.wait` in `s` is `shop_wait_seconds`: the default of Prometheus and of the collector
    UnderscoreEscapingWithSuffixes,
    /// `shop.wait` in `s` is `shop_wait`
    UnderscoreEscapingWithoutSuffixes,
    /// `shop.wait` in `s` is `shop.wait_seconds`
    #[value(name = "NoUTF8EscapingWithSuffixes")]
    NoUtf8EscapingWithSuffixes,
    /// `shop.wait` stays `shop.wait`, as Mimir can store it
    #[value(name = "NoTranslation")]
    None,
}

impl Arguments {
    /// Parses the arguments of a command that renders documents with these names.
    pub(super) fn parse_for(
        documents: &[&str],
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        for action in ["write", "check"] {
            let names: Vec<_> = documents.iter().map(|name| (*name).to_owned()).collect();
            command = command.mut_subcommand(action, |action| {
                let names = PossibleValuesParser::new(names);
                action.mut_arg("documents", |documents| documents.value_parser(names))
            });
        }
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    /// The form of the output.
    pub(super) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

impl Names {
    /// The dialect that the options say, or this one.
    pub(super) fn dialect(&self, default: &Dialect) -> Dialect {
        let dialect = match self.database {
            None => default.clone(),
            Some(Database::Scraped) => Dialect::scraped(),
            Some(Database::Otlp) => Dialect::otlp(),
            Some(Database::Mimir) => Dialect::mimir(),
            Some(Database::VictoriaMetrics) => Dialect::victoria_metrics(),
        };
        match self.translation {
            Some(translation) => dialect.naming(translation.naming()),
            None => dialect,
        }
    }
}

impl Translation {
    pub(super) fn naming(self) -> Naming {
        let (utf8, suffixes) = match self {
            Self::UnderscoreEscapingWithSuffixes => (false, true),
            Self::UnderscoreEscapingWithoutSuffixes => (false, false),
            Self::NoUtf8EscapingWithSuffixes => (true, true),
            Self::None => (true, false),
        };
        Naming::default().utf8(utf8).suffixes(suffixes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_arguments_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn strategies_have_the_names_that_prometheus_gives_them() {
        let names: Vec<_> = Translation::value_variants()
            .iter()
            .map(|strategy| strategy.to_possible_value().unwrap().get_name().to_owned())
            .collect();
        let expected = [
            "UnderscoreEscapingWithSuffixes",
            "UnderscoreEscapingWithoutSuffixes",
            "NoUTF8EscapingWithSuffixes",
            "NoTranslation",
        ];
        assert_eq!(names, expected);
        assert_eq!(Translation::UnderscoreEscapingWithSuffixes.naming(), Naming::default());
    }
}
