//! A service that a signal ends, in the way that the argument names.

use std::pin::pin;
use std::time::Duration;
use std::{io, thread};

use typed_metrics::{
    IntoHandlers, Metrics, exit_on_signal, set_metric_handlers, shutdown_guard, shutdown_signal,
};
use typed_metrics_shutdown::Slow;

#[derive(Metrics)]
#[metrics(prefix = "service")]
enum Service {
    #[counter]
    Jobs,
    #[gauge]
    Level,
}

/// Records, and tells the test that the service is ready for the signal.
fn work() {
    Service::jobs().add(7);
    eprintln!("ready");
}

async fn serve() {
    work();
    std::future::pending::<()>().await;
}

#[tokio::main]
async fn graceful() {
    let _shutdown = shutdown_guard();
    set_metric_handlers("console").unwrap();
    let _level = Service::level().observe(|| 5);
    tokio::select! {
        () = serve() => {}
        () = shutdown_signal() => {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn polled_late() {
    let _shutdown = shutdown_guard();
    set_metric_handlers("console").unwrap();
    let signal = pin!(shutdown_signal());
    work();
    // The test closes standard input after it has sent the signal.
    io::read_to_string(io::stdin()).unwrap();
    signal.await;
}

/// Reports the signal to the test, and does not end.
#[tokio::main]
async fn hanging(handlers: impl IntoHandlers) {
    let _shutdown = shutdown_guard();
    set_metric_handlers(handlers).unwrap();
    let signal = shutdown_signal();
    work();
    signal.await;
    eprintln!("got the signal");
    std::future::pending::<()>().await;
}

fn main() {
    match &*std::env::args().nth(1).expect("the argument is the name of a way") {
        "graceful" => graceful(),
        "polled late" => polled_late(),
        "graceful, but it hangs" => hanging("console"),
        "graceful, but it hangs, and so does the export" => {
            hanging(("console", Slow));
        }
        "exit, but the export hangs" => {
            set_metric_handlers(("console", Slow)).unwrap();
            exit_on_signal();
            work();
            loop {
                thread::sleep(Duration::from_secs(1));
            }
        }
        "exit" => {
            let _shutdown = shutdown_guard();
            exit_on_signal();
            exit_on_signal();
            set_metric_handlers("console").unwrap();
            let _level = Service::level().observe(|| 5);
            work();
            loop {
                std::hint::spin_loop();
            }
        }
        "exit, without a guard" => {
            set_metric_handlers("console").unwrap();
            exit_on_signal();
            work();
            loop {
                thread::sleep(Duration::from_secs(1));
            }
        }
        "exit, inside of a runtime" => {
            #[tokio::main(flavor = "current_thread")]
            async fn inside() {
                let _shutdown = shutdown_guard();
                set_metric_handlers("console").unwrap();
                exit_on_signal();
                serve().await;
            }
            inside();
        }
        unknown => panic!("unknown way {unknown:?}"),
    }
}
