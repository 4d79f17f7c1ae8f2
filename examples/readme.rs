//! The first program of `README.md`. `tests/repository/readmes.rs` compares the two, and the
//! output.

use std::time::Duration;
use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum Shop<'a> {
    /// Requests answered.
    #[counter(unit = "{request}")]
    Requests { route: &'a str, status: u16 },

    /// Time to answer a request.
    #[histogram(unit = "ms")]
    RequestDuration { route: &'a str },
}

fn main() -> Result<(), typed_metrics::Error> {
    let _shutdown = typed_metrics::shutdown_guard(); // exports the last values when `main` returns
    typed_metrics::set_metric_handlers("console")?;

    Shop::requests("/search", 200).inc();
    Shop::requests("/basket", 404).add(2);
    Shop::request_duration("/search").record(Duration::from_millis(150));
    Ok(())
}
