//! Logfire, with a receiver in place of its server.

use std::time::Duration;

use typed_metrics::MetricHandler;
use typed_metrics::logfire::{LogfireHandler, Send};
use typed_metrics_receiver::Receiver;
use typed_metrics_turn::my_turn;

use crate::back_end::{BackEnd, Shows};
use crate::otlp;
use crate::stored::Stored;

pub(crate) struct Logfire {
    handler: LogfireHandler,
    receiver: Receiver,
}

impl BackEnd for Logfire {
    const SHOWS: Shows = otlp::SHOWS;

    fn start() -> Self {
        let receiver = Receiver::start();
        let handler = LogfireHandler::builder().token("pylf_v1_eu_s3cret");
        let handler = handler.base_url(receiver.http_endpoint()).without_system_metrics();
        let handler = handler.interval(Duration::from_secs(3600));
        Self { handler: handler.build().unwrap(), receiver }
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(self.handler.clone())
    }

    fn stored(&self) -> Stored {
        otlp::stored(&self.receiver)
    }

    fn exemplars(&self, metric: &str) -> Option<Vec<(f64, Vec<u8>)>> {
        Some(otlp::exemplars(&self.receiver, metric))
    }

    fn exports(&self) -> Option<usize> {
        Some(self.receiver.requests().len())
    }
}

#[test]
fn a_handler_that_may_be_without_a_token_is_installed_and_sends_nothing() {
    let _turn = my_turn();
    let handler = LogfireHandler::builder().send(Send::No).build().unwrap();
    typed_metrics::set_metric_handlers(handler).unwrap();
    typed_metrics::shutdown().unwrap();
}
