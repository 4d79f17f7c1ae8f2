//! A program that keeps its shutdown guard, or makes the mistake that its argument names.

use std::process::ExitCode;
use std::sync::mpsc;
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

/// A handler that gets every measurement, and needs no flush.
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

/// A program that ends within this time after its guard is not reported.
const LONG: Duration = Duration::from_secs(5);

fn long() {
    thread::sleep(LONG + Duration::from_millis(100));
}

/// Records when the runtime drops this future.
async fn recording_its_end() {
    let _work = Dropped(work);
    std::future::pending::<()>().await;
}

fn init() {
    let _guard = shutdown_guard();
    set_metric_handlers("console").unwrap();
}

#[expect(clippy::too_many_lines, reason = "one match arm for each mistake")]
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
            // The guard lives longer than the program runs after the guard.
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
        "no guard, in memory" => {
            set_metric_handlers(typed_metrics::InMemoryHandler::new()).unwrap();
            work();
        }
        "no guard, nothing recorded" => {
            work();
            set_metric_handlers("console").unwrap();
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
        "guard in another thread" => {
            let (made, is_made) = mpsc::channel();
            thread::spawn(move || {
                let _shutdown = shutdown_guard();
                made.send(()).unwrap();
                loop {
                    thread::park();
                }
            });
            is_made.recv().unwrap();
            set_metric_handlers("console").unwrap();
            work();
        }
        "a thread with the name of the main thread" => {
            let thread = thread::Builder::new().name("main".to_owned());
            let set = || {
                let _ = shutdown_guard();
                set_metric_handlers("console").unwrap();
                work();
            };
            thread.spawn(set).unwrap().join().unwrap();
        }
        "guard in the runtime" => {
            #[tokio::main]
            async fn inside() {
                let _shutdown = shutdown_guard();
                set_metric_handlers("console").unwrap();
                // The runtime waits for this task, but the guard does not.
                tokio::task::spawn_blocking(|| {
                    thread::sleep(Duration::from_millis(1500));
                    work();
                });
            }
            inside();
        }
        "guard outside of the runtime" => {
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                tokio::spawn(recording_its_end());
                tokio::time::sleep(Duration::from_millis(50)).await;
            });
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
        "tasks end before the guard" => {
            #[tokio::main]
            async fn inside() {
                let _shutdown = shutdown_guard();
                set_metric_handlers("console").unwrap();
                let mut tasks = tokio::task::JoinSet::new();
                tasks.spawn(recording_its_end());
                tokio::time::sleep(Duration::from_millis(50)).await;
                tasks.shutdown().await;
            }
            inside();
        }
        "restarted" => {
            // The values that are recorded between the two calls of `init` are exported later, by
            // the next handlers.
            init();
            work();
            thread::sleep(Duration::from_millis(1500));
            init();
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
        }
        "underscore" => {
            let _ = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
        }
        "underscore, handlers first" => {
            set_metric_handlers("console").unwrap();
            let _ = shutdown_guard();
            long();
            work();
        }
        "in init" => {
            init();
            work();
            long();
        }
        "in init, only gauges" => {
            init();
            Guard::level().set(7);
            long();
        }
        "in init, soon over" => {
            init();
            thread::sleep(Duration::from_millis(1500));
            work();
        }
        "in init, nothing recorded" => {
            init();
            long();
        }
        "in init, read" => {
            init();
            work();
            drop(typed_metrics::snapshot());
            long();
        }
        "in init, set again" => {
            init();
            long();
            let _shutdown = shutdown_guard();
            set_metric_handlers("console").unwrap();
            work();
        }
        "shorter than the guard" => {
            let guard = shutdown_guard();
            set_metric_handlers("console").unwrap();
            thread::sleep(LONG + Duration::from_millis(500));
            drop(guard);
            work();
            long();
        }
        unknown => panic!("unknown mistake {unknown:?}"),
    }
    ExitCode::SUCCESS
}

/// Calls the function when this value is dropped.
struct Dropped(fn());

impl Drop for Dropped {
    fn drop(&mut self) {
        (self.0)();
    }
}
