//! The credentials file, which `logfire projects use` writes.

use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

const FILE: &str = "logfire_credentials.json";

/// The fields of the file that this crate uses.
pub(crate) struct Credentials {
    pub(crate) token: String,
    pub(crate) base_url: Option<String>,
    /// The file, for messages.
    pub(crate) path: String,
}

impl Credentials {
    /// Reads the file in `folder`; `None` if there is no file.
    ///
    /// No message shows the file's text, because it contains a token.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(FILE);
        let shown = path.display().to_string();
        let fix = "write a new one with `logfire projects use`, or set `LOGFIRE_TOKEN`";
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(format!(
                    "the credentials file `{shown}` cannot be read: {error}; {fix}"
                ));
            }
        };
        // Parsed as any JSON: an error about a wrong type would show the value.
        let json: Value = serde_json::from_str(&text).map_err(|error| {
            format!("the credentials file `{shown}` is not JSON: {error}; {fix}")
        })?;
        let text = |key| json.get(key).and_then(Value::as_str).map(str::trim);
        let token = text("token").filter(|token| !token.is_empty()).ok_or_else(|| {
            format!("the credentials file `{shown}` has no string `token`; {fix}")
        })?;
        Ok(Some(Self {
            token: token.to_owned(),
            base_url: text("logfire_api_url").filter(|url| !url.is_empty()).map(str::to_owned),
            path: shown,
        }))
    }
}
