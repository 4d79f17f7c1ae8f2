use std::sync::Arc;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::seen::Record;
use crate::{grpc, http};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    Http,
    Grpc,
}

/// Serves each connection in its own task.
pub(crate) async fn accept(listener: TcpListener, protocol: Protocol, record: &Arc<Record>) {
    loop {
        // An error means that the client has disconnected already.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, protocol, Arc::clone(record)));
        }
    }
}

async fn serve(stream: TcpStream, protocol: Protocol, record: Arc<Record>) {
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(stream);
    let hang_up = Arc::new(HangUp::default());
    let told_to = hang_up.0.notified();
    // The result of a connection is ignored: its requests and answers are recorded already.
    match protocol {
        Protocol::Http => {
            let service = service_fn(|request| http::answer(request, &record, &hang_up));
            let connection = http1::Builder::new().serve_connection(stream, service);
            tokio::select! { _ = connection => {}, () = told_to => {} }
        }
        Protocol::Grpc => {
            let service = service_fn(|request| {
                grpc::answer(request, Arc::clone(&record), Arc::clone(&hang_up))
            });
            let builder = http2::Builder::new(TokioExecutor::new());
            let connection = builder.serve_connection(stream, service);
            tokio::select! { _ = connection => {}, () = told_to => {} }
        }
    }
}

/// Closes a connection together with its pending requests.
#[derive(Debug, Default)]
pub(crate) struct HangUp(Notify);

impl HangUp {
    pub(crate) async fn now<T>(&self) -> T {
        self.0.notify_one();
        std::future::pending().await
    }
}
