//! Writes the documentation, the dashboards and the rules of the service, and checks them.
//!
//! ```sh
//! cargo run -p service --bin render -- write examples/service/rendered
//! cargo run -p service --bin render -- check examples/service/rendered
//! ```

use std::process::ExitCode;

// Without `use`, the linker leaves a crate out.
use service as _;
use typed_metrics::catalog::{Command, Settings};
use typed_metrics::{db as _, llm as _, system as _, tokio as _, tower as _};

/// The crates whose metrics are meant, whatever else is linked.
const CRATES: [&str; 6] = [
    "service",
    "typed_metrics_db",
    "typed_metrics_llm",
    "typed_metrics_system",
    "typed_metrics_tokio",
    "typed_metrics_tower",
];

fn main() -> ExitCode {
    Command::new()
        .settings(Settings::default().title("Questions"))
        // Other programs of a workspace may need jemalloc, and cargo then builds its metrics for
        // all.
        .only(|metric| CRATES.contains(&metric.crate_name()))
        .only(|metric| !metric.name().starts_with("jemalloc."))
        .main()
}
