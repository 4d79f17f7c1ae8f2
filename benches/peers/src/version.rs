//! The versions of the crates, and how this program was built.

/// The version in the lock file. If there are several, the newest, which is last.
pub fn of(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let name = format!("\nname = \"{package}\"\nversion = \"");
    let version = lock.rsplit_once(&name).and_then(|(_, rest)| rest.split('"').next());
    version.unwrap_or("")
}

/// Cargo's profile: the folder of the program is named after it.
pub fn profile() -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().and_then(|folder| folder.file_name());
    folder.unwrap_or_default().to_string_lossy().into_owned()
}
