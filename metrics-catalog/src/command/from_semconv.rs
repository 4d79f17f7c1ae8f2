//! `from-semconv`: a metrics enum out of a registry of semantic conventions.

use std::fs;
use std::path::Path;

use super::answer::Answer;

/// Prints the enum for the registry in a file.
pub(super) fn from_semconv(
    file: &Path,
    to_enum: impl FnOnce(&str) -> Result<String, String>,
) -> Result<Answer, String> {
    let shown = file.display();
    let text =
        fs::read_to_string(file).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let code = to_enum(&text).map_err(|problem| format!("`{shown}`: {problem}"))?;
    Ok(Answer::success(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_problems_name_it() {
        let file =
            std::env::temp_dir().join(format!("typed-metrics-semconv-{}", std::process::id()));
        fs::write(&file, "groups: []").unwrap();
        let shown = file.display().to_string();
        let code = from_semconv(&file, |text| Ok(format!("// {text}")));
        let refused = from_semconv(&file, |_| Err("line 3: no `id`".to_owned()));
        fs::remove_file(&file).unwrap();
        let missing = from_semconv(&file, |text| Ok(text.to_owned()));
        assert_eq!(code.unwrap().stdout, "// groups: []");
        assert_eq!(refused.unwrap_err(), format!("`{shown}`: line 3: no `id`"));
        assert!(missing.unwrap_err().starts_with(&format!("`{shown}` cannot be read")));
    }
}
