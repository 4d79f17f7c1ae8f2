//! A process with exemplars is forked. The child has exemplars of its own measurements only, and
//! the parent keeps its own.
#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::thread;

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use typed_metrics::{
    CurrentSpan, ExemplarFilter, InMemoryHandler, Metrics, Reader, Snapshot, fork_guard,
    set_exemplars, set_metric_handlers,
};

#[derive(Metrics)]
#[metrics(prefix = "marked")]
enum Marked {
    #[counter]
    Requests,
    #[histogram(buckets = [10])]
    Busy,
}

static SPAN: AtomicU8 = AtomicU8::new(1);

fn traces(snapshot: &Snapshot) -> Vec<u8> {
    let requests = &snapshot.get("marked.requests").unwrap().series;
    let exemplars = requests.iter().flat_map(|series| &series.exemplars);
    exemplars.map(|exemplar| exemplar.trace_id.unwrap()[0]).collect()
}

fn child() {
    SPAN.store(2, Relaxed);
    set_metric_handlers(InMemoryHandler::new()).unwrap();
    let reader = Reader::new();
    assert!(traces(&reader.collect()).is_empty());
    Marked::requests().inc();
    Marked::busy().record(1);
    assert_eq!(traces(&reader.collect()), [2]);
}

#[test]
fn a_child_has_exemplars_of_its_own_measurements_only() {
    set_exemplars(ExemplarFilter::AlwaysOn, || {
        Some(CurrentSpan::new([SPAN.load(Relaxed); 16], [1; 8], true))
    });
    let reader = Reader::new();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        // A thread that offers candidates while the process is forked.
        scope.spawn(|| {
            while !is_done.load(Relaxed) {
                Marked::busy().record(5);
            }
        });
        for _ in 0..50 {
            Marked::requests().inc();
            let guard = fork_guard();
            match unsafe { fork() }.unwrap() {
                ForkResult::Child => {
                    drop(guard);
                    std::panic::set_hook(Box::new(|_| {}));
                    let is_well = catch_unwind(AssertUnwindSafe(child)).is_ok();
                    unsafe { nix::libc::_exit(i32::from(!is_well)) }
                }
                ForkResult::Parent { child } => {
                    drop(guard);
                    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
                    assert_eq!(traces(&reader.collect()), [1]);
                }
            }
        }
        is_done.store(true, Relaxed);
    });
}
