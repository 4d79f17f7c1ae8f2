//! A process that serves scrapes is forked. The parent goes on serving. The child records, and
//! serves by the same handler, and by a handler of its own. The child clears nothing before.
#![cfg(unix)]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use typed_metrics::{
    Metrics, PrometheusHandler, clear_metric_handlers, fork_guard, set_metric_handlers,
};

#[derive(Metrics)]
#[metrics(prefix = "scraped")]
enum Scraped {
    #[counter]
    Requests,
    #[gauge(value = u64)]
    Observed,
}

/// The tests set the handlers of the process, so they run one at a time.
fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve() -> (PrometheusHandler, SocketAddr) {
    let handler = PrometheusHandler::builder().address(([127, 0, 0, 1], 0)).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    let address = handler.local_addr().unwrap();
    (handler, address)
}

fn scrape(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[track_caller]
fn assert_counted(answer: &str, requests: u64) {
    let line = answer.lines().find_map(|line| line.strip_prefix("scraped_requests_total "));
    let counted = line.map(|line| line.parse::<f64>().unwrap());
    assert_eq!(counted, Some(requests as f64), "{answer}");
    assert!(answer.contains("\nscraped_observed 7"), "{answer}");
}

/// Serves by the handler that the child inherited, and then by another.
fn child(handler: &PrometheusHandler, requests: u64) {
    Scraped::requests().add(100);
    assert_eq!(handler.local_addr(), None);
    set_metric_handlers(handler.clone()).unwrap();
    assert_counted(&scrape(handler.local_addr().unwrap()), requests + 100);
    let (other, address) = serve();
    assert_eq!(handler.local_addr(), None);
    assert_counted(&scrape(address), requests + 100);
    clear_metric_handlers();
    assert_eq!(other.local_addr(), None);
}

#[test]
fn a_child_serves_on_a_port_of_its_own_and_the_parent_goes_on() {
    let _turn = my_turn();
    let (handler, address) = serve();
    let observation = Scraped::observed().observe(|| 7);
    let mut requests = 0;
    for _ in 0..20 {
        Scraped::requests().inc();
        requests += 1;
        assert_counted(&scrape(address), requests);
        let guard = fork_guard();
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                drop(guard);
                std::panic::set_hook(Box::new(|_| {}));
                let is_well = catch_unwind(AssertUnwindSafe(|| child(&handler, requests))).is_ok();
                unsafe { nix::libc::_exit(i32::from(!is_well)) }
            }
            ForkResult::Parent { child } => {
                drop(guard);
                assert_counted(&scrape(address), requests);
                let began = Instant::now();
                let status = loop {
                    match waitpid(child, Some(WaitPidFlag::WNOHANG)).unwrap() {
                        WaitStatus::StillAlive if began.elapsed() < Duration::from_secs(20) => {
                            thread::sleep(Duration::from_millis(1));
                        }
                        WaitStatus::StillAlive => {
                            kill(child, Signal::SIGKILL).unwrap();
                            waitpid(child, None).unwrap();
                            panic!("the child hangs");
                        }
                        status => break status,
                    }
                };
                assert_eq!(status, WaitStatus::Exited(child, 0));
            }
        }
    }
    drop(observation);
    clear_metric_handlers();
}

#[test]
fn a_child_that_lives_keeps_neither_the_port_nor_a_connection_of_its_parent() {
    let _turn = my_turn();
    let (_, address) = serve();
    let mut open = TcpStream::connect(address).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    open.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert!(open.read(&mut [0; 1000]).unwrap() > 0);
    let guard = fork_guard();
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => loop {
            thread::sleep(Duration::from_secs(1));
        },
        ForkResult::Parent { child } => {
            drop(guard);
            let well = catch_unwind(AssertUnwindSafe(|| {
                // The parent answers while the child lives, every time.
                for _ in 0..50 {
                    assert!(scrape(address).starts_with("HTTP/1.0 200 OK"));
                }
                clear_metric_handlers();
                // The client learns that the connection has ended.
                assert_eq!(open.read(&mut [0; 1000]).unwrap(), 0);
                let refused = TcpStream::connect(address).unwrap_err().kind();
                assert_eq!(refused, ErrorKind::ConnectionRefused);
                let again = PrometheusHandler::builder().address(address).build().unwrap();
                set_metric_handlers(again).unwrap();
                assert!(scrape(address).starts_with("HTTP/1.0 200 OK"));
            }));
            kill(child, Signal::SIGKILL).unwrap();
            waitpid(child, None).unwrap();
            clear_metric_handlers();
            well.unwrap_or_else(|panicked| resume_unwind(panicked));
        }
    }
}
