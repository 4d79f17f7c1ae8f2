//! `from-semconv`: a metrics enum out of a registry of semantic conventions.

use std::fs;
use std::path::{Path, PathBuf};

use super::answer::Answer;
use super::style::{QUIET, harmless, styled};
use crate::semconv::generated::GeneratedEnum;

/// Prints the enum for the registry in these files, and its problems on standard error.
pub(super) fn from_semconv(files: &[PathBuf]) -> Result<Answer, String> {
    let read = |file: &PathBuf| {
        let shown = file.display();
        fs::read_to_string(file).map_err(|error| format!("`{shown}` cannot be read: {error}"))
    };
    let texts = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let generated = GeneratedEnum::of_files(&texts).map_err(|error| match files {
        [file] => format!("`{}`: {error}", Path::display(file)),
        _ => error.to_string(),
    })?;
    let problem = |text: &String| format!("{}: {}\n", styled(QUIET, "note"), harmless(text));
    let mut answer = Answer::success(generated.source);
    answer.stderr = generated.problems.iter().map(problem).collect();
    Ok(answer)
}
