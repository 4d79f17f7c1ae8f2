//! Whether the process runs tests.

use std::path::Path;
use std::sync::OnceLock;

/// How many hexadecimal digits end the name of an executable that cargo built for tests.
const HASH: usize = 16;

/// Whether the process is a test executable, run by `cargo test` or `cargo nextest`. A program that
/// a test starts is none.
///
/// Cargo builds tests (and benchmarks) as `deps/name-0123456789abcdef`, and a program as `name` in
/// the directory above.
pub(crate) fn is_test() -> bool {
    static IS_TEST: OnceLock<bool> = OnceLock::new();
    *IS_TEST.get_or_init(|| std::env::current_exe().is_ok_and(|program| is_test_at(&program)))
}

fn is_test_at(program: &Path) -> bool {
    let directory = program.parent().and_then(Path::file_name);
    let name = program.file_stem().and_then(|name| name.to_str());
    let hash = name.and_then(|name| name.rsplit_once('-')).map_or("", |(_, hash)| hash);
    directory.is_some_and(|name| name == "deps")
        && hash.len() == HASH
        && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_a_test_from_a_program() {
        assert!(is_test_at(Path::new("/x/target/debug/deps/shop-0123456789abcdef")));
        for program in [
            "/x/target/debug/shop",
            "/x/target/debug/shop-0123456789abcdef",
            "/x/target/debug/examples/shop-0123456789abcdef",
            "/x/deps/shop",
            "/x/deps/shop-v2",
            "/x/deps/shop-0123456789abcdeg",
            "",
        ] {
            assert!(!is_test_at(Path::new(program)), "{program}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "there is no executable")]
    fn this_is_a_test() {
        assert!(is_test());
    }
}
