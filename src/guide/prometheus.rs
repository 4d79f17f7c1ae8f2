//! Let Prometheus scrape a program, and look at its metrics in a browser.
//!
//! # Serve
//!
//! The handler named `"prometheus"` listens on 127.0.0.1:9464 while it is installed:
//!
//! ```no_run
//! fn main() -> Result<(), typed_metrics::Error> {
//!     typed_metrics::set_metric_handlers("prometheus")?;
//!     // the program
//!     Ok(())
//! }
//! ```
//!
//! | path | contents |
//! |---|---|
//! | `/metrics` | the metrics, for Prometheus |
//! | `/healthz` | `ok` |
//! | `/` | the page, for people |
//!
//! The page reads `/data.json`, which is internal to the page and may change with every version:
//! programs read `/metrics`.
//!
//! OpenTelemetry's variables `OTEL_EXPORTER_PROMETHEUS_HOST` and `OTEL_EXPORTER_PROMETHEUS_PORT`
//! choose another address. [`PrometheusHandler::builder`] chooses it in code:
//!
//! ```standalone_crate
//! use typed_metrics::PrometheusHandler;
//!
//! let handler = PrometheusHandler::builder().address(([127, 0, 0, 1], 0)).build()?;
//! typed_metrics::set_metric_handlers(handler.clone())?;
//! // Port 0 is any free port.
//! println!("http://{}/metrics", handler.local_addr().unwrap());
//! # typed_metrics::clear_metric_handlers();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If the port is taken, setting the handler is an error that names the address. A shutdown frees
//! the port. Values that were recorded after the last scrape stay unread, so a program that ends
//! soon [pushes](#push) them.
//!
//! # Scrape
//!
//! Tell Prometheus where the program is, in `prometheus.yml`:
//!
//! ```yaml
//! scrape_configs:
//!   - job_name: shop
//!     scrape_interval: 15s
//!     static_configs:
//!       - targets: ["127.0.0.1:9464"]
//! ```
//!
//! Prometheus runs on another machine, or in another container? Set
//! `OTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0`, or the address of one interface.
//!
//! # Histograms
//!
//! Histograms with boundaries are classic ones in every format, with one series for each bucket.
//! Prometheus 3 can convert the buckets itself, with its setting
//! `convert_classic_histograms_to_nhcb`.
//!
//! Exponential histograms are [native histograms]: one series has all buckets. Prometheus takes
//! them in protobuf, with its setting `scrape_native_histograms: true`, or before 3.8 with
//! `--enable-feature=native-histograms`. `histogram_quantile(0.95, rate(shop_size_bytes[5m]))` then
//! needs no bucket series. OpenMetrics 2.0 has them too. In the other formats, an exponential
//! histogram has its count, its sum and the bucket `+Inf`, and so has it through
//! `MetricsCollector`.
//!
//! ```
//! use typed_metrics::prometheus::Format;
//! use typed_metrics::{Metrics, PrometheusHandler};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "parcel")]
//! enum Parcel {
//!     #[histogram(unit = "g", exponential)]
//!     Weight,
//! }
//!
//! Parcel::weight().record(250);
//! let handler = PrometheusHandler::builder().build()?;
//! let text = String::from_utf8(handler.render(Format::Text))?;
//! assert!(text.contains("\nparcel_weight_grams_bucket{le=\"+Inf\"} 1\n"), "{text}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The finest buckets of Prometheus have schema 8, so buckets of a larger scale are joined. The
//! widest ones have schema -4. A histogram with wider buckets is as in text. That takes a small
//! `max_size` and a huge range, such as 20 buckets for values that differ by a factor of 10^100.
//!
//! # Counters at zero
//!
//! A series is scraped from its first measurement. Prometheus' `rate` and `increase` do not see
//! that measurement, because they compare two scrapes. So start a counter with `add(0)`, and an
//! alert sees the first error:
//!
//! ```
//! use typed_metrics::prometheus::Format;
//! use typed_metrics::{Metrics, PrometheusHandler};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "lock")]
//! enum Lock {
//!     #[counter]
//!     Failures,
//! }
//!
//! let handler = PrometheusHandler::builder().build()?;
//! let scrape = || String::from_utf8(handler.render(Format::Text)).unwrap();
//! let failures = Lock::failures();
//! assert!(!scrape().contains("\nlock_failures_total "));
//! failures.add(0);
//! assert!(scrape().contains("\nlock_failures_total 0\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Formats and names
//!
//! The header `Accept` of a scrape chooses the format: text 0.0.4 and 1.0.0, OpenMetrics 1.0,
//! protobuf, and OpenMetrics 2.0 for those that ask for that version. A scrape is compressed by
//! gzip if the scraper accepts that. In code, [`Format`] has all of them, as in
//! `Format::OpenMetrics(Escaping::AllowUtf8)`. [Exemplars](super::exemplars) are in OpenMetrics and
//! in protobuf.
//!
//! Names and units are translated by [OpenTelemetry's rules][translation]: `shop.requests` is
//! `shop_requests_total`, and `shop.request_duration` in `ms` is
//! `shop_request_duration_milliseconds`. [`Naming`] turns these suffixes off, both or one of them,
//! and [`Settings`] adds resource attributes as `target_info`:
//!
//! ```
//! use typed_metrics::prometheus::{Format, Naming, Settings};
//! use typed_metrics::{MetricType, PrometheusHandler, attributes, record_metric};
//!
//! record_metric("boats.arrived", 2, MetricType::Counter, attributes!())?;
//! let settings = Settings::default()
//!     .naming(Naming::default().suffixes(false))
//!     .resource([("service.name", "harbour")]);
//! let handler = PrometheusHandler::builder().settings(settings).build()?;
//! let text = String::from_utf8(handler.render(Format::Text))?;
//! assert!(text.contains("\nboats_arrived 2"), "{text}");
//! assert!(text.contains("\ntarget_info{service_name=\"harbour\"} 1\n"), "{text}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The old name of a metric is translated as well, with the unit and the type of the metric:
//!
//! ```
//! use typed_metrics::prometheus::Format;
//! use typed_metrics::{Metrics, PrometheusHandler};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "crane")]
//! enum Crane {
//!     #[histogram(unit = "s", was = "old_name")]
//!     Lift,
//! }
//!
//! Crane::lift().record(2);
//! let handler = PrometheusHandler::builder().build()?;
//! let text = String::from_utf8(handler.render(Format::Text))?;
//! assert!(text.contains("\ncrane_lift_seconds_count 1\n"), "{text}");
//! assert!(text.contains("\nold_name_seconds_count 1\n"), "{text}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The page
//!
//! Open the address of the handler in a browser: the page shows every metric live. In a clone of
//! the repository, `cargo run --example see_it --features prometheus` has a page to try.
//!
//! ![The page: a row for each metric, with a chart over time and the newest values][screenshot]
//!
//! - Counters are rates in a second. Up-down counters and gauges are lines. Histograms are a heat
//!   map of their buckets, with the percentiles 50, 95 and 99 on top. A chart has the eight largest
//!   series; `Enter`, or a click on the name, lists all of them, up to 10,000 and more.
//! - A metric with `#[state]` is a timeline: a lane for each entity, with a band of its colour for
//!   each state. The legend has the share of the time, or the number of entities, in each state;
//!   `Enter` lists the latest changes as text.
//! - The search takes words and conditions, such as `cart route=/cart status!=200`. A click on a
//!   label, or on a value, adds a condition. The address keeps the search, so it can be shared.
//! - `?` lists the keys: `/` searches, `p` pauses, the arrows walk through the metrics.
//! - Measurements that were dropped, or that were recorded in an overflow series, are warnings.
//! - A restart of the program is a dashed line, and counters go on from zero. A program that does
//!   not answer is reported at the top.
//!
//! The browser asks this program for the values once a second, and every ten seconds while the page
//! is hidden; the page makes no other request. It keeps 15 minutes, or fewer minutes of many
//! series, in about 100 MB. All of that is forgotten when the page is closed: Prometheus is the
//! place for history.
//!
//! Text of the program is shown as text, never as markup. The page has a strict
//! Content-Security-Policy, and needs nothing from the network, so it also works offline and behind
//! [a password](#protect-the-endpoint). `PrometheusHandler::builder().without_page()` turns it off.
//!
//! # Beside a server of the program
//!
//! The feature `prometheus-tower` adds [`service`], which a router mounts, for example axum's:
//! `Router::new().route_service("/metrics", handler.service())`. Other servers answer with
//! [`render`](crate::PrometheusHandler::render) and the format's content type. A handler with
//! `without_server()` opens no port; one that only gives a service need not be installed.
//!
//! With `basic_auth` of the builder, the service requires the user and the password, and answers
//! other requests with 401. `address` and `allow_host` are settings of the server: together with
//! `without_server()`, they are errors of `build`.
//!
//! `render` runs observed callbacks on the calling thread. The service has threads of its own, so
//! an async runtime never waits for a callback.
//!
//! # Push
//!
//! A batch job ends before it is scraped. With the feature `prometheus-push`, it pushes its metrics
//! to a [Pushgateway], at the shutdown or when it wants:
//!
#![cfg_attr(feature = "prometheus-push", doc = "```no_run")]
#![cfg_attr(not(feature = "prometheus-push"), doc = "```ignore")]
//! use typed_metrics::PrometheusHandler;
//! use typed_metrics::prometheus::Pushgateway;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     let gateway = Pushgateway::new("http://localhost:9091", "backup").group("path", "/var/lib");
//!     let handler = PrometheusHandler::builder().without_server();
//!     typed_metrics::set_metric_handlers(handler.push_at_shutdown(gateway).build()?)?;
//!     // the job
//!     Ok(())
//! }
//! ```
//!
//! The gateway's address begins with `http://`: TLS is not supported, so push to a proxy that
//! speaks TLS. An address, job or label that cannot be used is an error of `build` after
//! `push_at_shutdown`, and of a push otherwise.
//!
//! # Limits
//!
//! | limit | value | beyond |
//! |---|---|---|
//! | connections | 64 | the one that is idle longest is closed, else the slowest |
//! | head of a request | 16 KiB | 431 |
//! | time for a request to arrive | 2 s | the connection is closed |
//! | time for an answer to be read | 10 s | the connection is closed |
//! | time between two requests | 5 min | the connection is closed |
//! | time of observed callbacks | 300 ms | a scrape has the values that they gave before |
//!
//! One collection runs at a time. Scrapers that come while it runs share the next one, and one
//! encoding of each format. A callback that hangs keeps one thread, and another thread is tried at
//! the next scrapes, up to four. A callback that observes a series is passed over while it runs in
//! another thread. Behind a hanging callback of [`observe`](crate::observe()), observed values stay
//! as they were until it returns. Recorded values are scraped as ever.
//!
//! # Forked processes
//!
//! In a forked child, nothing is served, and nothing is pushed at its shutdown. Scrapes of the
//! parent's address are answered by the parent alone. A child that is to be scraped sets a handler
//! of its own, with an address of its own: port 0, or for example 9464 and the number of the
//! worker. Processes cannot share a port (`SO_REUSEPORT`): each scrape would be that of a random
//! process.
//!
//! - The counters and histograms of a child begin with the counts from before the fork. `rate` and
//!   `increase` of Prometheus take only what comes after the first scrape. A sum of totals over all
//!   processes has these counts once for each process.
//! - A child keeps a copy of the parent's socket until the child ends or starts another program.
//!   The parent frees its port nevertheless when its handler is removed or the parent shuts down.
//!   If the parent is killed, the port is free when its children have ended; until then,
//!   connections to the port get no answer.
//!
//! # Protect the endpoint
//!
//! Metrics tell much about a program. The server listens on loopback by default. There it also
//! refuses requests whose header `Host` is neither an IP address nor `localhost`, because a page of
//! another site can make its own name resolve to 127.0.0.1 and so read what your browser can reach.
//! `allow_host` of the builder adds a name, without scheme and port.
//!
//! At other addresses, such as 0.0.0.0, every `Host` is answered, because scrapers use any name of
//! the machine. There, set `basic_auth`, which also stops pages of other sites, and let a firewall
//! admit none but Prometheus. The address of one interface is better than 0.0.0.0.
//!
//! `basic_auth` of the builder requires a user and a password of all paths except `/healthz`, and
//! of the [service](#beside-a-server-of-the-program). The server speaks no TLS: where others can
//! read the network, let it listen on loopback, and put a proxy before it. With Caddy, for example:
//!
//! ```text
//! shop.example:9465 {
//!     reverse_proxy 127.0.0.1:9464 {
//!         header_up Host {upstream_hostport}
//!     }
//! }
//! ```
//!
//! nginx passes the upstream's name on as `Host` by default, so `proxy_pass http://127.0.0.1:9464;`
//! suffices there. Prometheus then scrapes with `scheme: https` and `basic_auth`.
//!
//! [Pushgateway]: https://github.com/prometheus/pushgateway
//! [native histograms]: https://prometheus.io/docs/specs/native_histograms/
//! [`Format`]: crate::prometheus::Format
//! [`Naming`]: crate::prometheus::Naming
//! [`PrometheusHandler::builder`]: crate::PrometheusHandler::builder
#![cfg_attr(feature = "prometheus-tower", doc = "[`service`]: crate::PrometheusHandler::service")]
#![cfg_attr(not(feature = "prometheus-tower"), doc = "[`service`]: crate::prometheus")]
//! [`Settings`]: crate::prometheus::Settings
//! [screenshot]: https://raw.githubusercontent.com/typed-metrics/typed-metrics/main/metrics-prometheus/screenshots/page-light.png
//! [translation]: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
