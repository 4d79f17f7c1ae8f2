//! A server of axum with the layer that the argument names, for `benches/http/load`.
//!
//! The server listens on a free port of 127.0.0.1, and prints the port. When its standard input
//! ends, the server prints the number of requests that the layer has recorded, and ends. It has one
//! thread for requests, so a full load of this thread shows the cost of a request.

use std::io::Read;
use std::process::ExitCode;

use axum::Router;
use axum::serve::ListenerExt;
use axum_prometheus::PrometheusMetricLayer;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::layer::layer_fn;
use typed_metrics::tower::HttpServerLayer;
use typed_metrics_http_bench::{
    Nothing, axum_otel_metrics, axum_prometheus, bare, matched_path, metrics_lib, ours, with,
};

/// The number of requests that the layer has recorded; `None` if there is no layer that records.
type Recorded = Option<Box<dyn Fn() -> u64>>;

/// The router with the layer of this name.
fn router(layer: &str) -> Option<(Router, Recorded)> {
    let typed = HttpServerLayer::axum;
    Some(match layer {
        "no-layer" => (bare(), None),
        "nothing" => (with(layer_fn(Nothing)), None),
        "typed-metrics" => (with(typed()), Some(Box::new(ours))),
        "typed-metrics-no-sizes" => (with(typed().without_body_sizes()), Some(Box::new(ours))),
        "typed-metrics-until-head" => (with(typed().until_head()), Some(Box::new(ours))),
        "axum-prometheus" => {
            let (layer, recorded): (PrometheusMetricLayer<'static>, _) = axum_prometheus();
            (with(layer), Some(Box::new(recorded)))
        }
        "axum-otel-metrics" => {
            let (layer, recorded) = axum_otel_metrics();
            (with(layer), Some(Box::new(recorded)))
        }
        "metrics-lib" => {
            let (layer, recorded) = metrics_lib(matched_path);
            (with(layer), Some(Box::new(recorded)))
        }
        _ => return None,
    })
}

async fn serve(layer: &str) -> std::io::Result<()> {
    let Some((router, recorded)) = router(layer) else {
        let text = format!("no layer has the name `{layer}`; the source of this program has all");
        return Err(std::io::Error::other(text));
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    // Without delay: several small responses to one packet would otherwise wait for the client.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let (end, ended) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = end.send(());
    });
    let ended = async {
        let _ = ended.await;
    };
    axum::serve(listener, router).with_graceful_shutdown(ended).await?;
    match recorded {
        Some(recorded) => println!("{}", recorded()),
        None => println!("none"),
    }
    Ok(())
}

fn main() -> ExitCode {
    let layer = std::env::args().nth(1).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(serve(&layer))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
