//! The shop, for Prometheus to scrape and for dashboards to show.
//!
//! ```sh
//! cargo run -p catalog --bin serve     # http://127.0.0.1:9464, until Ctrl-C
//! ```
//!
//! `compose.yaml` starts Prometheus and Grafana with the dashboards of the shop.

use std::thread;
use std::time::Duration;

use fastrand::Rng;
use typed_metrics::PrometheusHandler;
use typed_metrics::system::{self, Set};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    shop::messages::show();
    let handler = PrometheusHandler::builder().build()?;
    typed_metrics::set_metric_handlers(handler.clone())?;
    let address = handler.local_addr().ok_or("the handler does not listen")?;
    println!("The shop's metrics: http://{address}/metrics, and a page at http://{address}/");
    println!("Ctrl-C ends it.");
    if let Err(unavailable) = system::install(Set::Full) {
        eprintln!("{unavailable}");
    }
    thread::spawn(|| shop::open_for(Duration::MAX));
    let mut random = Rng::new();
    loop {
        let question = "Is it in stock? ".repeat(random.usize(1..40));
        // The metrics tell the failures.
        let _ = assistant::answer(&question, &mut random);
    }
}
