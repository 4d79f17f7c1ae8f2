//! The command as a program runs it, and as code drives it.

use std::ffi::OsString;
use std::process::ExitCode;
use std::{env, fmt};

use anstream::ColorChoice;
use typed_metrics_prometheus::Naming;

use super::answer::Answer;
use super::arguments::{Action, Arguments, Audited, Files};
use super::rendered::{OwnRender, names, rendered, warnings};
use super::selection::select;
use super::{audit, check, from_semconv, list, write};
use crate::audit::settings::Audit;
use crate::catalog::Catalog;
use crate::document::Document;
use crate::entry::Entry;
use crate::promql::dialect::Dialect;
use crate::settings::Settings;

/// Runs the command with the arguments of the program. The whole `main` of an example, a binary or
/// an xtask:
///
/// ```no_run
/// use shop as _; // the crate that declares the metrics
/// # mod shop {}
/// # use typed_metrics_catalog as catalog;
///
/// fn main() -> std::process::ExitCode {
///     catalog::main() // in a program: `typed_metrics::catalog::main()`
/// }
/// ```
///
/// `--help` lists the subcommands. [`Command`] has settings.
#[must_use]
pub fn main() -> ExitCode {
    Command::new().main()
}

/// The command: its settings, and two ways to run it.
///
/// ```no_run
/// use std::process::ExitCode;
/// use typed_metrics_catalog::Command; // in a program: `typed_metrics::catalog::Command`
///
/// fn main() -> ExitCode {
///     Command::new()
///         .title("Shop")
///         .documentation("https://docs.example.org/metrics.html")
///         .only(|metric| metric.name().starts_with("shop."))
///         .main()
/// }
/// ```
#[derive(Default)]
#[must_use = "call `main` or `run`"]
pub struct Command {
    settings: Settings,
    only: Vec<OwnFilter>,
    own: Vec<(String, OwnRender)>,
}

/// A choice of the program's own.
type OwnFilter = Box<dyn Fn(&Entry) -> bool>;

impl Command {
    /// The command with the default settings, for all metrics of the program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces all settings.
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// See [`Settings::title`].
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { settings: self.settings.title(title), ..self }
    }

    /// See [`Settings::dialect`]. The option `--database` overrides this.
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { settings: self.settings.dialect(dialect), ..self }
    }

    /// See [`Settings::naming`]. The option `--translation` overrides this.
    pub fn naming(self, naming: Naming) -> Self {
        Self { settings: self.settings.naming(naming), ..self }
    }

    /// See [`Settings::documentation`].
    pub fn documentation(self, url: impl Into<String>) -> Self {
        Self { settings: self.settings.documentation(url), ..self }
    }

    /// See [`Settings::source`].
    pub fn source(self, url: impl Into<String>) -> Self {
        Self { settings: self.settings.source(url), ..self }
    }

    /// Leaves out the metrics for which `is_meant` is false. The options `--only` and `--crate`
    /// select from the others.
    pub fn only(mut self, is_meant: impl Fn(&Entry) -> bool + 'static) -> Self {
        self.only.push(Box::new(is_meant));
        self
    }

    /// Adds documents of the program's own, which `--documents NAME` selects. To be removed when it
    /// is rendered no more, a document contains [`Document::MARK`].
    ///
    /// ```
    /// use typed_metrics_catalog::{Command, Document};
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::Metric;
    ///
    /// # typed_metrics::register_metric("jobs", Metric::counter("jobs").unit("{job}")).unwrap();
    /// let names = Command::new().documents("names", |catalog, _| {
    ///     let names = catalog.iter().map(|metric| format!("{}\n", metric.name()));
    ///     vec![Document::new("names.txt", names.collect::<String>())]
    /// });
    /// # let folder = std::env::temp_dir().join(format!("names-{}", std::process::id()));
    /// # let folder = folder.to_str().unwrap();
    /// let answer = names.run(["write", folder, "--documents", "names"]);
    /// assert!(answer.is_success(), "{answer}");
    /// let written = std::fs::read_to_string(format!("{folder}/names.txt"));
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// assert!(written.unwrap().contains("jobs\n"));
    /// ```
    pub fn documents(
        mut self,
        name: impl Into<String>,
        render: impl Fn(&Catalog, &Settings) -> Vec<Document> + 'static,
    ) -> Self {
        self.own.push((name.into(), Box::new(render)));
        self
    }

    /// Runs the command with the arguments of the program, and prints what it has to say.
    ///
    /// The exit code is 0 for success, 1 for findings, and 2 for wrong arguments and for files that
    /// cannot be read or written.
    #[must_use]
    pub fn main(&self) -> ExitCode {
        let (answer, color) = self.answer(env::args_os());
        answer.print(color)
    }

    /// Runs the command with these arguments, without the name of a program, and prints nothing. So
    /// a test keeps the committed files current:
    ///
    /// ```no_run
    /// use typed_metrics_catalog::Command;
    ///
    /// # /* A test that rustdoc compiles as a program:
    /// #[test]
    /// # */
    /// fn the_documents_are_current() {
    ///     let answer = Command::new().run(["check", "docs/metrics"]);
    ///     assert!(answer.is_success(), "{answer}");
    /// }
    /// ```
    pub fn run<A: Into<OsString>>(&self, arguments: impl IntoIterator<Item = A>) -> Answer {
        let arguments = arguments.into_iter().map(Into::into);
        let program = OsString::from("catalog");
        self.answer(std::iter::once(program).chain(arguments)).0.plain()
    }

    /// The answer with colours, and whether they are wanted.
    fn answer(&self, arguments: impl Iterator<Item = OsString>) -> (Answer, ColorChoice) {
        let arguments = match Arguments::parse_for(&names(&self.own), arguments) {
            Ok(arguments) => arguments,
            Err(error) => return (usage(&error), ColorChoice::Auto),
        };
        let color = match arguments.color {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        (self.act(&arguments).unwrap_or_else(|problem| Answer::failure(&problem)), color)
    }

    fn audit<'a>(&self, catalog: &'a Catalog, audited: &Audited) -> Audit<'a> {
        let dialect = audited.names.dialect(&self.settings.dialect);
        let mut audit = Audit::new(catalog).naming(dialect.own_naming().clone());
        for pattern in &audited.foreign {
            audit = audit.foreign(pattern);
        }
        for pattern in &audited.label {
            audit = audit.label(pattern);
        }
        for rule in &audited.allow {
            audit = audit.allow(*rule);
        }
        audit
    }

    fn act(&self, arguments: &Arguments) -> Result<Answer, String> {
        let meant = |entry: &Entry| self.only.iter().all(|is_meant| is_meant(entry));
        let catalog = select(&Catalog::of_program().only(meant), &arguments.selection)?;
        let format = arguments.format();
        let rendered = |files: &Files| {
            let dialect = files.names.dialect(&self.settings.dialect);
            let settings = self.settings.clone().dialect(dialect);
            let documents = rendered(&catalog, &settings, &self.own, &files.documents)?;
            Ok::<_, String>((documents, warnings(&catalog, &settings, &files.documents)))
        };
        match &arguments.action {
            Action::Write(files) => {
                let (documents, warnings) = rendered(files)?;
                write::write(&files.folder, &documents, warnings, format)
            }
            Action::Check(files) => {
                let (documents, warnings) = rendered(files)?;
                check::check(&files.folder, &documents, warnings, format)
            }
            Action::List => Ok(list::list(&catalog, &self.settings, format)),
            Action::Audit(audited) => {
                Ok(audit::audit(&self.audit(&catalog, audited), &audited.files, format))
            }
            Action::FromSemconv { files } => from_semconv::from_semconv(files),
        }
    }
}

/// The help, or the message about wrong arguments.
fn usage(error: &clap::Error) -> Answer {
    let text = error.render().ansi().to_string();
    // clap's codes are 0 for the help and 2 for wrong arguments.
    let exit_code = u8::try_from(error.exit_code()).unwrap_or(u8::MAX);
    if error.use_stderr() {
        Answer { stderr: text, exit_code, ..Answer::default() }
    } else {
        Answer { stdout: text, exit_code, ..Answer::default() }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own: Vec<_> = self.own.iter().map(|(name, _)| name).collect();
        f.debug_struct("Command")
            .field("settings", &self.settings)
            .field("documents", &own)
            .finish_non_exhaustive()
    }
}
