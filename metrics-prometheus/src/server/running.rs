//! The thread of the server.

use std::net::{SocketAddr, TcpListener};
use std::process;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local};

use crate::server::connections::{Connections, accept_all, close_overdue};
use crate::server::site::Site;

/// How long answers in progress may take when the server ends.
const PATIENCE: Duration = Duration::from_secs(1);

/// A server that listens. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    /// Both are `Some` until the drop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The process that started the thread. A forked child has no thread.
    process: u32,
}

impl Running {
    /// Answers the connections of `listener`, on a thread of its own.
    pub(crate) fn start(listener: TcpListener, site: Site) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("metrics-prometheus".to_owned());
        let thread = thread.spawn(move || run(&runtime, listener, Arc::new(site), stopped))?;
        let process = process::id();
        Ok(Self { address, stop: Some(stop), thread: Some(thread), process })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the server is one of this process. In a forked child, nothing answers.
    pub(crate) fn is_here(&self) -> bool {
        self.process == process::id()
    }
}

impl Drop for Running {
    /// Returns when the port is free.
    fn drop(&mut self) {
        if !self.is_here() {
            // There is no thread to wake up or to wait for.
            std::mem::forget((self.stop.take(), self.thread.take()));
            return;
        }
        drop(self.stop.take());
        // An error is a panic, which the panic hook has shown.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(
    runtime: &Runtime,
    listener: tokio::net::TcpListener,
    site: Arc<Site>,
    stopped: oneshot::Receiver<()>,
) {
    let serve = async {
        let connections = Rc::new(Connections::default());
        let accepting = spawn_local(accept_all(listener, Rc::clone(&connections), site));
        spawn_local(close_overdue(Rc::clone(&connections)));
        // An error: the sender was dropped, which is how it stops the server.
        let _ = stopped.await;
        accepting.abort();
        let _ = accepting.await;
        connections.close_all(PATIENCE).await;
    };
    LocalSet::new().block_on(runtime, serve);
}
