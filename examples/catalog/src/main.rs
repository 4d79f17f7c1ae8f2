//! The catalog of a shop: documentation, dashboards and alerts out of the metrics that its crates
//! declare. `--bin serve` is the shop itself.
//!
//! ```sh
//! cargo run -p catalog -- list                              # the metrics
//! cargo run -p catalog -- write examples/catalog/rendered   # what is committed there
//! cargo run -p catalog -- check examples/catalog/rendered   # what CI runs
//! cargo run -p catalog -- --help
//! ```

use std::process::ExitCode;

// Without `use`, the linker leaves a crate out.
use assistant as _;
use shop as _;
use typed_metrics::catalog::{Command, SemanticConventions, Settings};
use typed_metrics::{llm as _, system as _};

/// The crates whose metrics are meant, whatever else is linked.
const CRATES: [&str; 4] = ["assistant", "shop", "typed_metrics_llm", "typed_metrics_system"];

const REPOSITORY: &str = "https://github.com/typed-metrics/typed-metrics/blob/main/";

fn main() -> ExitCode {
    let settings = Settings::default()
        .title("Shop")
        .documentation(format!("{REPOSITORY}examples/catalog/rendered/metrics.md"))
        .source(REPOSITORY)
        .conventions(SemanticConventions::new("https://example.com/schemas/shop/1.0.0"));
    Command::new()
        .settings(settings)
        // Not those that count what goes wrong inside of the framework.
        .only(|metric| CRATES.contains(&metric.crate_name()))
        .main()
}
