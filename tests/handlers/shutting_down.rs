//! No handler is called after its shutdown.

use std::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics::{
    Descriptor, HandlerError, Measurement, Metric, MetricHandler, MetricType, Observation,
    add_metric_handler, attributes, clear_metric_handlers, flush, observe, record_metric,
    register_metric, set_metric_handlers, shutdown, shutdown_guard, snapshot,
};
use typed_metrics_turn::my_turn;

use crate::jobs::Jobs;
use crate::probe::{Probe, errors};

/// Where a call of a handler is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Install,
    Register,
    Measured,
    Flush,
    Shutdown,
}

/// Counts the calls that it gets while it is not installed, and calls `inside` in every method.
struct Strict {
    inside: fn(Method),
    installed: AtomicBool,
    calls: AtomicUsize,
    shutdowns: AtomicUsize,
    wrong: Mutex<Vec<Method>>,
}

impl Strict {
    fn new(inside: fn(Method)) -> Arc<Self> {
        Arc::new(Self {
            inside,
            installed: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            shutdowns: AtomicUsize::new(0),
            wrong: Mutex::default(),
        })
    }

    fn called(&self, method: Method) {
        self.calls.fetch_add(1, Relaxed);
        if !self.installed.load(SeqCst) {
            self.wrong.lock().unwrap().push(method);
        }
        (self.inside)(method);
    }
}

impl MetricHandler for Strict {
    fn install(&self) -> Result<(), HandlerError> {
        if self.installed.swap(true, SeqCst) {
            self.wrong.lock().unwrap().push(Method::Install);
        }
        (self.inside)(Method::Install);
        Ok(())
    }

    fn register(&self, _: &'static Descriptor) {
        self.called(Method::Register);
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        self.called(Method::Register);
        metric.name() == "handlers.counted"
    }

    fn measured(&self, _: &Measurement) {
        self.called(Method::Measured);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.called(Method::Flush);
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        self.called(Method::Shutdown);
        // Here the calls of other threads must have returned.
        self.installed.store(false, SeqCst);
        self.shutdowns.fetch_add(1, Relaxed);
        Ok(())
    }
}

/// Calls `work` on a thread of its own, and fails if it does not return.
fn without_deadlock(work: impl FnOnce() + Send + 'static) {
    let (done, waiting) = mpsc::channel();
    let thread = thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    let waited = waiting.recv_timeout(Duration::from_secs(30));
    assert_ne!(waited, Err(mpsc::RecvTimeoutError::Timeout), "deadlock");
    thread.join().unwrap();
}

/// Registers a metric, one of a few names.
fn register() {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("shutting_down.metric_{}", NEXT.fetch_add(1, Relaxed) % 300);
    register_metric(&name, Metric::counter(&name)).unwrap();
}

/// Waits until no handler is being shut down.
fn wait_for_shutdowns() {
    drop(shutdown_guard());
}

/// Changes, uses and records metrics from four threads for a while.
fn storm(handlers: [Arc<Strict>; 2]) {
    const TIME: Duration = Duration::from_millis(700);
    let end = Instant::now() + TIME;
    let [a, b] = &handlers;
    thread::scope(|scope| {
        let repeat = |work: &(dyn Fn() + Sync)| {
            while Instant::now() < end {
                work();
            }
        };
        // An installation from inside a shutdown is refused.
        scope.spawn(move || {
            repeat(&|| {
                let _ = set_metric_handlers(Arc::clone(a));
                let _ = set_metric_handlers((Arc::clone(a), Arc::clone(b)));
                let _ = shutdown();
            });
        });
        scope.spawn(move || {
            repeat(&|| {
                let _ = add_metric_handler(Arc::clone(b));
                let _ = flush();
                register();
                clear_metric_handlers();
            });
        });
        scope.spawn(move || repeat(&|| drop(flush())));
        scope.spawn(move || {
            repeat(&|| {
                Jobs::counted().inc();
                register();
            });
        });
    });
    wait_for_shutdowns();
}

fn check(handlers: &[Arc<Strict>; 2]) {
    clear_metric_handlers();
    for handler in handlers {
        assert_eq!(*handler.wrong.lock().unwrap(), []);
        assert!(!handler.installed.load(SeqCst));
        assert!(handler.calls.load(Relaxed) > 100);
        assert!(handler.shutdowns.load(Relaxed) > 2);
    }
}

#[test]
fn no_handler_is_called_after_its_shutdown() {
    let _turn = my_turn();
    without_deadlock(|| {
        let handlers = [(); 2].map(|()| Strict::new(|_| thread::yield_now()));
        storm(handlers.clone());
        check(&handlers);
    });
}

#[test]
fn no_handler_is_called_after_its_shutdown_if_handlers_change_the_handlers() {
    fn meddle(method: Method) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // A registration would be repeated for every metric.
        if method == Method::Register {
            return;
        }
        match NEXT.fetch_add(1, Relaxed) % 7 {
            0 => clear_metric_handlers(),
            1 => drop(shutdown()),
            2 => drop(flush()),
            3 => register(),
            4 => drop(set_metric_handlers(Probe::new("other"))),
            5 => drop(snapshot()),
            _ => Jobs::counted().inc(),
        }
    }

    let _turn = my_turn();
    without_deadlock(|| {
        let handlers = [(); 2].map(|()| Strict::new(meddle));
        storm(handlers.clone());
        check(&handlers);
    });
}

#[test]
fn a_handler_that_removes_itself_is_shut_down_after_its_call() {
    let removing: [fn(); 3] = [
        clear_metric_handlers,
        || drop(shutdown()),
        || set_metric_handlers(Probe::new("next")).unwrap(),
    ];
    static REMOVE: Mutex<Option<fn()>> = Mutex::new(None);
    static WITHIN: Mutex<Option<Method>> = Mutex::new(None);
    for remove in removing {
        for within in [Method::Register, Method::Measured, Method::Flush] {
            let _turn = my_turn();
            without_deadlock(move || {
                (*REMOVE.lock().unwrap(), *WITHIN.lock().unwrap()) = (Some(remove), Some(within));
                let handler = Strict::new(|method| {
                    if *WITHIN.lock().unwrap() == Some(method) {
                        let remove = REMOVE.lock().unwrap().take();
                        remove.inspect(|remove| remove());
                        let _ = flush();
                    }
                });
                set_metric_handlers(Arc::clone(&handler)).unwrap();
                Jobs::counted().inc();
                let _ = flush();
                wait_for_shutdowns();
                assert_eq!(*handler.wrong.lock().unwrap(), [], "{within:?}");
                assert_eq!(handler.shutdowns.load(Relaxed), 1, "{within:?}");
            });
        }
    }
}

#[test]
fn a_shutdown_waits_for_the_calls_of_other_threads() {
    static REACHED: Barrier = Barrier::new(2);
    let _turn = my_turn();
    let handler = Strict::new(|method| {
        if method == Method::Flush {
            REACHED.wait();
            thread::sleep(Duration::from_millis(100));
        }
    });
    set_metric_handlers(Arc::clone(&handler)).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| flush().unwrap());
        REACHED.wait();
        let begun = Instant::now();
        shutdown().unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(90), "{:?}", begun.elapsed());
        assert_eq!(handler.shutdowns.load(Relaxed), 1);
    });
}

#[test]
fn two_handlers_that_remove_each_other_do_not_wait_for_each_other() {
    static BOTH: Barrier = Barrier::new(2);
    let _turn = my_turn();
    without_deadlock(|| {
        let remove = |method| {
            if method == Method::Flush {
                BOTH.wait();
                clear_metric_handlers();
            }
        };
        // Each thread is inside the flush of one of the handlers.
        let (a, b) = (Strict::new(remove), Strict::new(|_| {}));
        set_metric_handlers((Arc::clone(&a), Arc::clone(&b))).unwrap();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| drop(flush()));
            }
        });
        wait_for_shutdowns();
        for handler in [a, b] {
            assert_eq!(*handler.wrong.lock().unwrap(), []);
            assert_eq!(handler.shutdowns.load(Relaxed), 1);
        }
    });
}

#[test]
fn a_handler_is_not_installed_again_from_inside_its_shutdown() {
    static SELF: Mutex<Option<Arc<Strict>>> = Mutex::new(None);
    static REFUSED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let _turn = my_turn();
    without_deadlock(|| {
        let handler = Strict::new(|method| {
            if method == Method::Shutdown {
                let own = SELF.lock().unwrap().clone().unwrap();
                let refused = add_metric_handler(own).unwrap_err();
                REFUSED.lock().unwrap().push(refused.to_string());
            }
        });
        *SELF.lock().unwrap() = Some(Arc::clone(&handler));
        set_metric_handlers(Arc::clone(&handler)).unwrap();
        clear_metric_handlers();
        assert_eq!(*handler.wrong.lock().unwrap(), []);
        let refused = REFUSED.lock().unwrap().join("\n");
        assert!(refused.ends_with("could not be installed: it is still being shut down"));
        // Another thread waits, and so does this one after the shutdown.
        set_metric_handlers(Arc::clone(&handler)).unwrap();
        assert!(handler.installed.load(SeqCst));
        clear_metric_handlers();
    });
}

#[test]
fn a_new_installation_waits_for_the_shutdown() {
    static REACHED: Barrier = Barrier::new(2);
    let _turn = my_turn();
    let handler = Strict::new(|method| {
        if method == Method::Shutdown {
            REACHED.wait();
            thread::sleep(Duration::from_millis(50));
        }
    });
    set_metric_handlers(Arc::clone(&handler)).unwrap();
    thread::scope(|scope| {
        scope.spawn(clear_metric_handlers);
        REACHED.wait();
        set_metric_handlers(Arc::clone(&handler)).unwrap();
        assert_eq!(handler.shutdowns.load(Relaxed), 1);
        assert!(handler.installed.load(SeqCst));
        assert_eq!(*handler.wrong.lock().unwrap(), []);
        scope.spawn(clear_metric_handlers);
        REACHED.wait();
    });
}

#[test]
fn callbacks_may_change_the_handlers_and_the_metrics() {
    fn observed() -> Observation {
        static NESTED: Mutex<Option<Observation>> = Mutex::new(None);
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        observe(|| match NEXT.fetch_add(1, Relaxed) % 9 {
            0 => clear_metric_handlers(),
            1 => drop(shutdown()),
            2 => drop(flush()),
            3 => register(),
            4 => drop(set_metric_handlers(Probe::new("other"))),
            5 => drop(snapshot()),
            6 => {
                let nested = Jobs::balance().observe(|| 1.0);
                let before = NESTED.lock().unwrap().replace(nested);
                drop(before);
            }
            7 => {
                let before = NESTED.lock().unwrap().take();
                drop(before);
            }
            _ => {
                Jobs::balance().remove();
                let labels = attributes!("a" => "b");
                record_metric("shutting_down.inside", 1, MetricType::Counter, labels).unwrap();
            }
        })
    }

    let _turn = my_turn();
    without_deadlock(|| {
        let handler = Strict::new(|method| {
            if matches!(method, Method::Flush | Method::Shutdown) {
                let _ = snapshot();
            }
        });
        let observations = [observed(), observed()];
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..40 {
                        let _ = add_metric_handler(Arc::clone(&handler));
                        let _ = flush();
                        let _ = snapshot();
                    }
                });
            }
        });
        drop(observations);
        clear_metric_handlers();
        wait_for_shutdowns();
        assert_eq!(*handler.wrong.lock().unwrap(), []);
        assert!(!handler.installed.load(SeqCst));
    });
    assert_eq!(errors(), [""; 0]);
}
