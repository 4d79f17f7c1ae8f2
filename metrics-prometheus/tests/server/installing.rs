//! Installing, removing, and choosing by name.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output};

use typed_metrics_core::{
    MetricHandler, add_metric_handler, clear_metric_handlers, flush, set_metric_handlers,
};
use typed_metrics_prometheus::PrometheusHandler;
use typed_metrics_turn::my_turn;

use crate::client::{scrape, serve};

#[test]
fn a_handler_serves_while_it_is_installed() {
    let _turn = my_turn();
    let (handler, address) = serve(PrometheusHandler::builder());
    scrape(address);
    // The same handler, by a clone.
    set_metric_handlers((handler.clone(), handler.clone())).unwrap();
    add_metric_handler(handler.clone()).unwrap();
    assert_eq!(handler.local_addr(), Some(address));
    flush().unwrap();
    scrape(address);

    clear_metric_handlers();
    assert_eq!(handler.local_addr(), None);
    assert!(TcpStream::connect(address).is_err(), "the port is free");
    for _ in 0..10 {
        set_metric_handlers(handler.clone()).unwrap();
        scrape(handler.local_addr().unwrap());
        clear_metric_handlers();
    }
}

#[test]
fn a_port_is_free_for_the_next_handler_after_connections_were_open() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let _open = TcpStream::connect(address).unwrap();
    scrape(address);
    for _ in 0..5 {
        let next = PrometheusHandler::builder().address(address).build().unwrap();
        clear_metric_handlers();
        set_metric_handlers(next).unwrap();
        scrape(address);
    }
}

#[test]
fn a_port_is_free_again_if_another_handler_cannot_be_installed() {
    let _turn = my_turn();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = |address| PrometheusHandler::builder().address(address).build().unwrap();
    let handler = at(free);
    set_metric_handlers((handler.clone(), at(taken.local_addr().unwrap()))).unwrap_err();
    assert_eq!(handler.local_addr(), None);
    drop(TcpListener::bind(free).unwrap());
}

#[test]
fn a_taken_port_is_an_error_that_names_the_address_and_the_fix() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let other = PrometheusHandler::builder().address(address).build().unwrap();
    let error = add_metric_handler(other).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "handler `prometheus` could not be installed: cannot listen on {address}: another \
             program, or another handler of this one, listens there; stop it \
             (`clear_metric_handlers` stops those of this program), or choose another port with \
             `OTEL_EXPORTER_PROMETHEUS_PORT` or `PrometheusHandler::builder().address(…)`"
        )
    );
    // The handlers are those from before.
    scrape(address);
    let elsewhere: SocketAddr = "192.0.2.1:0".parse().unwrap();
    let elsewhere = PrometheusHandler::builder().address(elsewhere).build().unwrap();
    let error = add_metric_handler(elsewhere).unwrap_err().to_string();
    assert!(error.contains("this machine does not have the address"), "{error}");
}

#[test]
fn a_handler_without_a_server_opens_no_port() {
    let _turn = my_turn();
    let handler = PrometheusHandler::builder().without_server().build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    assert_eq!(handler.local_addr(), None);
    handler.flush().unwrap();
}

#[test]
fn a_setting_of_the_server_without_a_server_is_an_error_that_names_both() {
    let without = PrometheusHandler::builder().without_server();
    let with_address = without.clone().address(([127, 0, 0, 1], 0));
    let error = with_address.clone().build().unwrap_err().to_string();
    assert_eq!(
        error,
        "the builder has both `without_server` and `address`, which is a setting of the server; \
         leave out one of them"
    );
    let error = without.allow_host("shop.example").build().unwrap_err().to_string();
    assert!(error.starts_with("the builder has both `without_server` and `allow_host`"), "{error}");
    // All mistakes in one error.
    let all = with_address.allow_host("http://x:1").basic_auth("a:b", "c").build().unwrap_err();
    assert_eq!(all.to_string().lines().count(), 4, "{all}");
}

/// Runs the test of this name in a process of its own, where it is a program with variables.
fn run_alone(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([&format!("installing::{test}"), "--exact", "--nocapture"]).env("ALONE", "1");
    command.env_remove("OTEL_EXPORTER_PROMETHEUS_HOST").env_remove("OTEL_EXPORTER_PROMETHEUS_PORT");
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn by_name_the_variables_say_where_it_serves() {
    const TEST: &str = "by_name_the_variables_say_where_it_serves";
    if std::env::var_os("ALONE").is_some() {
        let port = std::env::var("OTEL_EXPORTER_PROMETHEUS_PORT").unwrap();
        let address: SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
        let _turn = my_turn();
        set_metric_handlers("prometheus").unwrap();
        set_metric_handlers("Prometheus").unwrap();
        add_metric_handler("prometheus").unwrap();
        scrape(address);
        clear_metric_handlers();
        assert!(TcpStream::connect(address).is_err());
        set_metric_handlers("prometheus").unwrap();
        scrape(address);
        std::process::exit(42);
    }
    // While a program is started, it holds the sockets of this one.
    let _turn = my_turn();
    // Free now, and hopefully until the child has it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    for host in ["", "localhost", "127.0.0.1", "0.0.0.0"] {
        let variables =
            [("OTEL_EXPORTER_PROMETHEUS_HOST", host), ("OTEL_EXPORTER_PROMETHEUS_PORT", &port)];
        let output = run_alone(TEST, &variables);
        assert_eq!(output.status.code(), Some(42), "{host}: {output:?}");
    }
}

#[test]
fn a_wrong_variable_keeps_the_name_from_being_set() {
    const TEST: &str = "a_wrong_variable_keeps_the_name_from_being_set";
    if std::env::var_os("ALONE").is_some() {
        let _turn = my_turn();
        let error = set_metric_handlers("prometheus").unwrap_err().to_string();
        let text = "handler `prometheus` could not be built: `OTEL_EXPORTER_PROMETHEUS_PORT` is \
                    `94640`, which is not a whole number from 0 to 65535";
        assert!(error.starts_with(text), "{error}");
        std::process::exit(42);
    }
    let _turn = my_turn();
    let output = run_alone(TEST, &[("OTEL_EXPORTER_PROMETHEUS_PORT", "94640")]);
    assert_eq!(output.status.code(), Some(42), "{output:?}");
}
