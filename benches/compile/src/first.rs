//! The first build of a program that depends on one crate.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::measure::children;

/// The dependencies of a program, as its manifest has them.
struct Crate {
    name: &'static str,
    dependencies: &'static str,
}

const CRATES: [Crate; 6] = [
    Crate { name: "typed-metrics", dependencies: r#"typed-metrics = { path = "ROOT" }"# },
    Crate { name: "metrics", dependencies: r#"metrics = "0.24""# },
    Crate {
        name: "metrics, and a recorder",
        dependencies: "metrics = \"0.24\"\n\
            metrics-exporter-prometheus = { version = \"0.18\", default-features = false }",
    },
    Crate { name: "prometheus", dependencies: r#"prometheus = "0.14""# },
    Crate { name: "vise", dependencies: r#"vise = "0.3.2""# },
    Crate {
        name: "opentelemetry_sdk",
        dependencies: "opentelemetry = { version = \"0.33\", default-features = false, \
            features = [\"metrics\"] }\n\
            opentelemetry_sdk = { version = \"0.33\", default-features = false, \
            features = [\"metrics\"] }",
    },
];

/// Builds each crate's program so many times.
const ROUNDS: usize = 3;

/// Prints the time of each crate's first debug build, with the settings that `cargo new` has. The
/// programs alternate, and the build with the least processor time counts.
pub fn compare(folder: &Path, root: &Path) {
    let packages: Vec<_> = (0..CRATES.len()).map(|i| folder.join(format!("first-{i}"))).collect();
    for (Crate { dependencies, .. }, package) in CRATES.iter().zip(&packages) {
        fs::create_dir_all(package.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"first\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\n{}\n",
            dependencies.replace("ROOT", root.to_str().expect("UTF-8"))
        );
        fs::write(package.join("Cargo.toml"), manifest).expect("written");
        fs::write(package.join("src/main.rs"), "fn main() {}\n").expect("written");
        cargo(package, &["fetch"]);
    }
    let mut least = [[f64::INFINITY; 2]; CRATES.len()];
    for _ in 0..ROUNDS {
        for (package, least) in packages.iter().zip(&mut least) {
            let target = package.join("target");
            if target.exists() {
                fs::remove_dir_all(&target).expect("removed");
            }
            let (start, before) = (Instant::now(), children());
            cargo(package, &["build", "--target-dir", target.to_str().expect("UTF-8")]);
            let (time, cpu) = (start.elapsed().as_secs_f64(), children() - before);
            if cpu < least[1] {
                *least = [time, cpu];
            }
        }
    }
    let [_, own] = least[0];
    println!(
        "\n{:<24}{:>8}{:>10}{:>12}{:>9}",
        "first debug build", "crates", "time", "CPU time", "ratio"
    );
    for ((Crate { name, .. }, package), [time, cpu]) in CRATES.iter().zip(&packages).zip(least) {
        let (crates, ratio) = (crates(package), cpu / own);
        println!("{name:<24}{crates:>8}{time:>8.1} s{cpu:>10.1} s{ratio:>8.2}x");
    }
}

fn cargo(package: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    // Settings of whoever runs the comparison.
    for name in ["CARGO_INCREMENTAL", "CARGO_PROFILE_DEV_DEBUG", "RUSTFLAGS", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    let status = command.args(arguments).arg("--quiet").current_dir(package).status();
    assert!(status.expect("cargo").success(), "{} does not build", package.display());
}

/// The number of crates that the program depends on.
fn crates(package: &Path) -> usize {
    let mut command = Command::new(env!("CARGO"));
    let tree = ["tree", "--quiet", "-e", "normal,build", "--prefix", "none", "--no-dedupe"];
    let output = command.args(tree).current_dir(package).output().expect("cargo");
    assert!(output.status.success(), "{} has no tree", package.display());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let names = text.lines().skip(1).map(|line| line.split(" (").next());
    names.collect::<std::collections::BTreeSet<_>>().len()
}
