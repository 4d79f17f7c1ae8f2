//! A program that keeps its shutdown guard, or makes the mistake that its argument names.

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use typed_metrics::{
    Descriptor, HandlerError, MetricHandler, Metrics, clear_metric_handlers, flush,
    set_metric_handlers, shutdown, shutdown_guard,
};

#[derive(Metrics)]
#[metrics(prefix = "guard")]
enum Guard {
    #[counter]
    Jobs,
    #[gauge]
    Level,
}

/// Gets every measurement, and needs no flush.
struct Forwarding;

impl MetricHandler for Forwarding {
    fn subscribe(&self, _: &'static Descriptor) -> bool {
        true
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn work() {
    Guard::jobs().add(7);
}

fn init() {
    let _guard = shutdown_guard();
    set_metric_handlers("console").unwrap();
}

#[expect(clippy::too_many_lines, reason = "a mistake after the other")]
fn main() -> ExitCode {
    let mistake = std::env::args().nth(1).expect("the argument is the name of a mistake");
    match &*mistake {
        "kept" => {
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
        }
        "kept, handlers first" => {
            set_metric_handlers("console").unwrap();
            let _shutdown = shutdown_guard();
            work();
        }
        "kept, nothing set" => {
            let _shutdown = shutdown_guard();
            return ExitCode::from(3);
        }
        "kept, last drops record" => {
            let _work = Dropped(work);
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            // Longer than what comes after the guard.
            thread::sleep(Duration::from_millis(500));
        }
        "kept, panic" => {
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
            panic!("on purpose");
        }
        "no guard" => {
            set_metric_handlers("console").unwrap();
            work();
        }
        "no guard, two handlers" => {
            set_metric_handlers(("console", typed_metrics::InMemoryHandler::new())).unwrap();
            work();
        }
        "no guard, panic" => {
            set_metric_handlers("console").unwrap();
            work();
            panic!("on purpose");
        }
        "no guard, exit" => {
            set_metric_handlers("console").unwrap();
            work();
            std::process::exit(4);
        }
        "no guard, exit in another thread" => {
            set_metric_handlers("console").unwrap();
            work();
            thread::spawn(|| std::process::exit(4)).join().unwrap();
        }
        "no guard, set in another thread" => {
            thread::spawn(|| set_metric_handlers("console").unwrap()).join().unwrap();
            work();
        }
        "no guard, flush" => {
            set_metric_handlers("console").unwrap();
            work();
            flush().unwrap();
        }
        "no guard, shutdown" => {
            set_metric_handlers("console").unwrap();
            work();
            shutdown().unwrap();
        }
        "no guard, clear" => {
            set_metric_handlers("console").unwrap();
            work();
            clear_metric_handlers();
        }
        "no guard, forwarding" => {
            set_metric_handlers(Forwarding).unwrap();
            work();
        }
        "exit" => {
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
            std::process::exit(4);
        }
        "underscore" => {
            let _ = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
        }
        "underscore, handlers first" => {
            set_metric_handlers("console").unwrap();
            let _ = shutdown_guard();
            thread::sleep(Duration::from_millis(100));
            work();
        }
        "in init" => {
            init();
            thread::sleep(Duration::from_millis(100));
            work();
        }
        "in init, only gauges" => {
            init();
            thread::sleep(Duration::from_millis(100));
            Guard::level().set(7);
        }
        "in init, nothing recorded" => {
            init();
            thread::sleep(Duration::from_millis(100));
        }
        "in init, set again" => {
            init();
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            thread::sleep(Duration::from_millis(100));
            work();
        }
        "in init of a service" => {
            init();
            work();
            // Until the test has seen the report, and closes standard input.
            io::read_to_string(io::stdin()).unwrap();
        }
        unknown => panic!("there is no mistake {unknown:?}"),
    }
    ExitCode::SUCCESS
}

/// Calls the function when it is dropped.
struct Dropped(fn());

impl Drop for Dropped {
    fn drop(&mut self) {
        (self.0)();
    }
}
