//! The handler that the test programs share.

use std::thread;
use std::time::Duration;

use typed_metrics::{HandlerError, MetricHandler};

/// A handler whose server does not answer. An export takes a minute.
#[derive(Debug)]
pub struct Slow;

impl MetricHandler for Slow {
    fn flush(&self) -> Result<(), HandlerError> {
        eprintln!("exporting");
        thread::sleep(Duration::from_secs(60));
        Ok(())
    }
}
