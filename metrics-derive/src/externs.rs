//! The crates that the compiler was given by name, as its command line says.
//!
//! A macro cannot ask whether a path exists. The compiler that runs the macro has the answer among
//! its own arguments: `--extern typed_metrics=…/libtyped_metrics-0123.rmeta`. Only a message
//! depends on it: a program that runs macros by itself, as an editor's language server does, has no
//! such arguments.

/// How the facade is known to the crate that is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FacadeExtern {
    /// By its own name, or the command line does not say.
    AsItself,
    /// By another name, which Cargo.toml gives it.
    Renamed(String),
    /// Not at all; another dependency may re-export it.
    Absent,
}

impl FacadeExtern {
    pub(crate) fn of_this_compilation() -> Self {
        Self::among(std::env::args_os().filter_map(|argument| argument.into_string().ok()))
    }

    fn among(arguments: impl Iterator<Item = String>) -> Self {
        let externs: Vec<_> = externs(arguments).collect();
        if externs.is_empty() || externs.iter().any(|(name, _)| name == "typed_metrics") {
            return Self::AsItself;
        }
        let renamed = externs.into_iter().find(|(_, file)| is_the_facade(file));
        renamed.map_or(Self::Absent, |(name, _)| Self::Renamed(name))
    }
}

/// The name and the file of each `--extern`.
fn externs(mut arguments: impl Iterator<Item = String>) -> impl Iterator<Item = (String, String)> {
    let values = std::iter::from_fn(move || {
        let argument = arguments.find(|argument| argument.starts_with("--extern"))?;
        match argument.strip_prefix("--extern=") {
            Some(value) => Some(value.to_owned()),
            None => arguments.next(),
        }
    });
    values.map(|value| {
        let (name, file) = value.split_once('=').unwrap_or((&value, ""));
        // Options stand before the name, as in `priv:name=file`.
        let name = name.rsplit_once(':').map_or(name, |(_, name)| name);
        (name.to_owned(), file.to_owned())
    })
}

/// Whether a file is called `libtyped_metrics.rmeta` or `libtyped_metrics-0123.rlib`.
fn is_the_facade(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_prefix("libtyped_metrics").is_some_and(|rest| rest.starts_with(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(arguments: &str) -> FacadeExtern {
        FacadeExtern::among(arguments.split(' ').map(str::to_owned))
    }

    #[test]
    fn a_renamed_dependency_is_recognised_by_its_file() {
        let renamed = FacadeExtern::Renamed("tm".to_owned());
        let serde = "rustc --extern serde=/t/libserde-1.rmeta";
        assert_eq!(among(&format!("{serde} --extern tm=/t/libtyped_metrics-01.rmeta")), renamed);
        assert_eq!(among(&format!("{serde} --extern=tm=C:\\t\\libtyped_metrics.rlib")), renamed);
        assert_eq!(among(&format!("{serde} --extern priv:tm=libtyped_metrics-0.rlib")), renamed);
    }

    #[test]
    fn a_dependency_with_its_own_name_is_no_reason_for_a_message() {
        let renamed = "rustc --extern tm=libtyped_metrics-1.rlib";
        let both = format!("{renamed} --extern typed_metrics=libtyped_metrics-2.rlib");
        assert_eq!(among(&both), FacadeExtern::AsItself);
        assert_eq!(among("rust-analyzer proc-macro"), FacadeExtern::AsItself);
        assert_eq!(among("rustc @arguments"), FacadeExtern::AsItself);
    }

    #[test]
    fn the_core_is_not_the_facade() {
        let core = "rustc --extern typed_metrics_core=libtyped_metrics_core-1.rmeta";
        assert_eq!(among(&format!("{core} --extern proc_macro")), FacadeExtern::Absent);
    }
}
