//! Exports traces through the `logfire` crate and metrics through typed metrics, for one service
//! and with the same variables. `e2e/logfire/check.py` runs this program and checks the requests.

use std::error::Error;

use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(prefix = "side_by_side")]
enum SideBySide {
    /// Orders taken.
    #[counter(unit = "{order}")]
    Orders,
    /// Sizes of orders.
    #[histogram(unit = "{item}", buckets = [1, 10, 100])]
    OrderSize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let logfire = logfire::configure().finish()?; // its metrics are off by default
    typed_metrics::set_metric_handlers("logfire")?;
    for size in 1..=20_u32 {
        let _span = logfire::span!("order", size = i64::from(size)).entered();
        SideBySide::orders().inc();
        SideBySide::order_size().record(size);
    }
    typed_metrics::shutdown()?;
    Ok(logfire.shutdown()?)
}
