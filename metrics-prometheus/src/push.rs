//! Push to a [Pushgateway](https://github.com/prometheus/pushgateway), for batch jobs that end
//! before Prometheus scrapes them.

pub(crate) mod gateway;
pub(crate) mod group;
