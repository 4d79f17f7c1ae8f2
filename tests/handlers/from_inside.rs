//! Handlers that change or use the handlers from their own methods.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use typed_metrics::{
    HandlerError, Measurement, MetricHandler, add_metric_handler, clear_metric_handlers, flush,
    set_metric_handlers,
};
use typed_metrics_turn::my_turn;

use crate::awkward::Awkward;
use crate::jobs::Jobs;

/// Calls a function that changes the handlers from its own methods.
struct Meddler(fn());

impl MetricHandler for Meddler {
    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.counted"
    }

    fn measured(&self, _: &Measurement) {
        (self.0)();
    }

    fn flush(&self) -> Result<(), HandlerError> {
        (self.0)();
        Ok(())
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn handlers_can_be_changed_from_inside_a_handler() {
    let _turn = my_turn();
    let meddling: [fn(); 3] = [
        clear_metric_handlers,
        || set_metric_handlers(typed_metrics::InMemoryHandler::new()).unwrap(),
        || add_metric_handler(typed_metrics::InMemoryHandler::new()).unwrap(),
    ];
    for meddle in meddling {
        for trigger in [|| drop(flush()), || Jobs::counted().inc()] {
            let (done, waiting) = mpsc::channel();
            thread::spawn(move || {
                set_metric_handlers(Meddler(meddle)).unwrap();
                trigger();
                clear_metric_handlers();
                done.send(()).unwrap();
            });
            assert_eq!(waiting.recv_timeout(Duration::from_secs(20)), Ok(()), "deadlock");
        }
    }
}

#[test]
fn a_handler_that_is_removed_while_others_are_set_is_not_installed_again() {
    let _turn = my_turn();
    let kept = Arc::new(Awkward::default());
    set_metric_handlers(Arc::clone(&kept)).unwrap();
    // Clears the handlers during the installation, as another thread could.
    let new = Arc::new(Awkward { installing: Some(clear_metric_handlers), ..Awkward::default() });
    set_metric_handlers((Arc::clone(&kept), Arc::clone(&new))).unwrap();
    flush().unwrap();
    assert_eq!(*kept.calls.lock().unwrap(), ["install", "shutdown"]);
    assert_eq!(*new.calls.lock().unwrap(), ["install", "flush"]);
    // The removed handler can be installed again.
    add_metric_handler(Arc::clone(&kept)).unwrap();
    assert_eq!(*kept.calls.lock().unwrap(), ["install", "shutdown", "install"]);
}

#[test]
fn handlers_can_be_changed_while_one_is_installed() {
    let _turn = my_turn();
    static SELF: Mutex<Option<Arc<Awkward>>> = Mutex::new(None);
    let meddling: [fn(); 3] = [
        clear_metric_handlers,
        || set_metric_handlers(SELF.lock().unwrap().clone().unwrap()).unwrap(),
        || add_metric_handler(SELF.lock().unwrap().clone().unwrap()).unwrap(),
    ];
    for meddle in meddling {
        let (done, waiting) = mpsc::channel();
        let handler = Arc::new(Awkward { installing: Some(meddle), ..Awkward::default() });
        *SELF.lock().unwrap() = Some(Arc::clone(&handler));
        let installed = Arc::clone(&handler);
        thread::spawn(move || {
            add_metric_handler(installed).unwrap();
            clear_metric_handlers();
            done.send(()).unwrap();
        });
        assert_eq!(waiting.recv_timeout(Duration::from_secs(20)), Ok(()), "deadlock");
        assert_eq!(*handler.calls.lock().unwrap(), ["install", "shutdown"]);
    }
}

#[test]
fn a_handler_may_flush_inside_its_own_flush() {
    struct Flushes(Arc<std::sync::atomic::AtomicUsize>);
    impl MetricHandler for Flushes {
        fn flush(&self) -> Result<(), HandlerError> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(typed_metrics::flush()?)
        }
    }

    let _turn = my_turn();
    let flushes = Arc::default();
    set_metric_handlers(Flushes(Arc::clone(&flushes))).unwrap();
    typed_metrics::flush().unwrap();
    assert_eq!(flushes.load(std::sync::atomic::Ordering::Relaxed), 1);
    typed_metrics::flush().unwrap();
    assert_eq!(flushes.load(std::sync::atomic::Ordering::Relaxed), 2);
}
