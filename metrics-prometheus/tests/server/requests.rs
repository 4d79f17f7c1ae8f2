//! What the server answers to requests.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use typed_metrics_core::{Metrics as _, observe};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::{Format, PrometheusHandler};
use typed_metrics_turn::my_turn;

use crate::client::{Answer, connect, get, request, scrape, send, serve};

#[derive(Metrics)]
#[metrics(prefix = "answers", crate = typed_metrics_core)]
enum Answers<'a> {
    /// Pages, or what "they" were\are.
    #[counter(unit = "{page}")]
    Pages { site: &'a str },
}

/// The value of the one series of `answers.pages` with this site.
fn pages(scraped: &str, site: &str) -> Option<f64> {
    let begin = format!("answers_pages_total{{site=\"{site}\"}} ");
    let line = scraped.lines().find_map(|line| line.strip_prefix(&begin))?;
    Some(line.parse().unwrap())
}

#[test]
fn a_scrape_has_what_was_recorded_before_it() {
    let _turn = my_turn();
    let (handler, address) = serve(PrometheusHandler::builder());
    for expected in 1..=50 {
        Answers::pages("before").inc();
        assert_eq!(pages(&scrape(address), "before"), Some(f64::from(expected)));
    }
    let mut written = Vec::new();
    handler.render_to(Format::Text, &mut written).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), scrape(address));
    assert_eq!(Answers::descriptors().len(), 1);
}

#[test]
fn the_paths_are_those_of_the_documentation() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let health = get(address, "/healthz");
    assert_eq!((health.status, health.text().as_str()), (200, "ok\n"));
    assert_eq!(get(address, "/").status, 200);
    assert_eq!(get(address, "/metrics?x=y").status, 200);
    let nothing = get(address, "/metric");
    assert_eq!(nothing.status, 404);
    assert!(nothing.text().starts_with("There is nothing at \"/metric\"."), "{}", nothing.text());
    assert!(nothing.text().contains("\n/metrics "), "{}", nothing.text());

    let page = get(address, "/");
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let policy = &page.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
    let data = request(address, "GET", "/data.json", &["Accept-Encoding: gzip"]);
    assert_eq!(data.headers["content-type"], "application/json");
    assert_eq!(data.headers["content-encoding"], "gzip");
    assert!(data.text().starts_with('{'), "{}", data.text());
}

#[test]
fn without_the_page_the_server_lists_its_paths() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder().without_page());
    assert!(get(address, "/").text().starts_with("/metrics "));
    assert_eq!(get(address, "/data.json").status, 404);
    assert_eq!(get(address, "/page/main.js").status, 404);
}

#[test]
fn a_head_request_has_the_headers_of_the_scrape_and_no_body() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    Answers::pages("head").inc();
    let (whole, head) = (get(address, "/metrics"), request(address, "HEAD", "/metrics", &[]));
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-length", "content-type", "cache-control", "vary"] {
        assert!(whole.headers.contains_key(name), "{name} in {whole:?}");
        assert_eq!(head.headers.get(name), whole.headers.get(name), "{name}");
    }
    assert_eq!(whole.headers["content-length"], whole.body.len().to_string());
}

#[test]
fn other_methods_are_refused_with_those_that_are_allowed() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        for path in ["/metrics", "/healthz"] {
            let refused = request(address, method, path, &[]);
            assert_eq!(refused.status, 405, "{method} {path}");
            assert_eq!(refused.headers["allow"], "GET, HEAD");
        }
    }
}

#[test]
fn a_scrape_is_compressed_for_those_that_accept_it() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    for n in 0..500 {
        Answers::pages(&format!("compressed {n}")).inc();
    }
    let plain = get(address, "/metrics");
    assert!(!plain.headers.contains_key("content-encoding"));
    let gzip = request(address, "GET", "/metrics", &["Accept-Encoding: gzip"]);
    assert_eq!(gzip.headers["content-encoding"], "gzip");
    assert_eq!(gzip.headers["vary"], "Accept, Accept-Encoding");
    assert_eq!(gzip.text(), plain.text());
    assert!(gzip.body.len() < plain.body.len() / 4, "{} {}", gzip.body.len(), plain.body.len());
    let none = request(address, "GET", "/metrics", &["Accept-Encoding: gzip;q=0"]);
    assert_eq!(none.body, plain.body);
}

#[test]
fn one_connection_carries_many_scrapes() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let mut stream = connect(address);
    for _ in 0..20 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let (mut answer, mut part) = (Vec::new(), [0; 1024]);
        while !answer.ends_with(b"ok\n") {
            let read = stream.read(&mut part).unwrap();
            assert_ne!(read, 0, "{:?}", String::from_utf8_lossy(&answer));
            answer.extend(&part[..read]);
        }
    }
}

#[test]
fn a_client_may_close_its_half_after_the_request() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    Answers::pages("half").inc();
    let mut stream = connect(address);
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(pages(&Answer::parse(&answer).text(), "half"), Some(1.0));
}

#[test]
fn scrapers_that_come_together_share_a_collection() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    static COLLECTIONS: AtomicU64 = AtomicU64::new(0);
    let observation = observe(|| {
        COLLECTIONS.fetch_add(1, Relaxed);
        thread::sleep(Duration::from_millis(100));
    });
    let scrapers = 20;
    let begin = Barrier::new(scrapers);
    thread::scope(|scope| {
        for number in 0..scrapers {
            let begin = &begin;
            scope.spawn(move || {
                begin.wait();
                let site = format!("together {number}");
                Answers::pages(&site).inc();
                assert_eq!(pages(&scrape(address), &site), Some(1.0));
            });
        }
    });
    drop(observation);
    let collections = COLLECTIONS.load(Relaxed);
    assert!((1..=4).contains(&collections), "{collections}");
}

#[test]
fn with_a_password_everything_but_the_health_needs_it() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder().basic_auth("Aladdin", "open sesame"));
    for (path, headers) in [
        ("/metrics", &[][..]),
        ("/", &[]),
        ("/metrics", &["Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZ0=="]),
    ] {
        let refused = request(address, "GET", path, headers);
        assert_eq!(refused.status, 401, "{path}");
        assert!(refused.headers["www-authenticate"].starts_with("Basic realm="), "{refused:?}");
    }
    let right = ["Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="];
    assert_eq!(request(address, "GET", "/metrics", &right).status, 200);
    assert_eq!(get(address, "/healthz").status, 200);
}

#[test]
fn on_loopback_names_of_other_sites_are_refused() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder().allow_host("Metrics.example"));
    for (host, status) in [
        ("evil.example", 421),
        ("evil.example:9464", 421),
        ("", 421),
        ("localhost:9464", 200),
        ("metrics.example", 200),
        ("[::1]", 200),
    ] {
        for path in ["/metrics", "/"] {
            let answer = request(address, "GET", path, &[&format!("Host: {host}")]);
            assert_eq!(answer.status, status, "{host} {path}");
        }
    }
    // HTTP/1.0 has no header `Host`.
    assert_eq!(Answer::parse(&send(address, "GET /metrics HTTP/1.0\r\n\r\n")).status, 200);
}

#[test]
fn each_scraper_gets_the_format_that_it_prefers() {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const PROTOBUF: &str = "application/vnd.google.protobuf; \
                            proto=io.prometheus.client.MetricFamily; encoding=delimited";
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    Answers::pages("accept").inc();
    for (scraper, accept, begin, end) in [
        (
            "Prometheus 2.42",
            "application/openmetrics-text;version=1.0.0,\
             application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,\
             */*;q=0.1",
            OPEN_METRICS,
            "# EOF\n",
        ),
        (
            "Prometheus 2.42 with native histograms",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
             encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,\
             application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,\
             */*;q=0.1",
            PROTOBUF,
            "",
        ),
        (
            "Prometheus 3",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
             application/openmetrics-text;version=0.0.1;q=0.4,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
             text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            OPEN_METRICS,
            "# EOF\n",
        ),
        (
            "Prometheus 3 with native histograms",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
             encoding=delimited;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
             application/openmetrics-text;version=0.0.1;q=0.4,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
             text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            PROTOBUF,
            "",
        ),
        ("VictoriaMetrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT, "\n"),
        ("curl", "*/*", TEXT, "\n"),
        ("a browser", "text/html,application/xhtml+xml,*/*;q=0.8", TEXT, "\n"),
    ] {
        let answer = request(address, "GET", "/metrics", &[&format!("Accept: {accept}")]);
        assert_eq!(answer.status, 200, "{scraper}");
        let content_type = &answer.headers["content-type"];
        assert!(content_type.starts_with(begin), "{scraper}: {content_type}");
        assert!(answer.body.ends_with(end.as_bytes()), "{scraper}");
        let is_in = answer.body.windows(6).any(|bytes| bytes == b"accept");
        assert!(is_in, "{scraper}");
    }
}
