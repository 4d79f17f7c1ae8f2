use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use tokio::net::TcpSocket;
use tokio::sync::oneshot;

use crate::connection::{self, Protocol};
use crate::seen::Record;

/// A server on two ports. While the server is stopped, the ports stay bound without listening.
/// Connections are refused then, and no other program can take the ports.
#[derive(Debug)]
pub(crate) struct Server {
    http: SocketAddr,
    grpc: SocketAddr,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Down {
        http: TcpSocket,
        grpc: TcpSocket,
    },
    /// The thread, and everything that runs on it, ends when the sender is dropped.
    Up {
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    },
    /// Between `Down` and `Up`.
    Changing,
}

impl Server {
    pub(crate) fn bind() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (http, grpc) = (bind(any), bind(any));
        let address = |socket: &TcpSocket| socket.local_addr().expect("the socket is bound");
        Self { http: address(&http), grpc: address(&grpc), stage: Stage::Down { http, grpc } }
    }

    pub(crate) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.http, self.grpc)
    }

    /// Returns when both ports are open.
    pub(crate) fn serve(&mut self, record: &Arc<Record>) {
        let Stage::Down { http, grpc } = std::mem::replace(&mut self.stage, Stage::Changing) else {
            panic!("the receiver is serving already");
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, opened) = mpsc::channel();
        let record = Arc::clone(record);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listen = |socket: TcpSocket| socket.listen(1024).expect("a port to listen on");
                let (http, grpc) = (listen(http), listen(grpc));
                ready.send(()).expect("`serve` waits for this message");
                tokio::select! {
                    () = connection::accept(http, Protocol::Http, &record) => {}
                    () = connection::accept(grpc, Protocol::Grpc, &record) => {}
                    _ = stopped => {}
                }
            });
        });
        opened.recv().expect("the receiver's thread opens its ports");
        self.stage = Stage::Up { stop, thread };
    }

    /// Returns when every connection is closed and the ports refuse new ones.
    pub(crate) fn stop(&mut self) {
        let Stage::Up { stop, thread } = std::mem::replace(&mut self.stage, Stage::Changing) else {
            panic!("the receiver is stopped already");
        };
        drop(stop);
        thread.join().expect("the receiver's thread does not panic");
        self.stage = Stage::Down { http: bind(self.http), grpc: bind(self.grpc) };
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Stage::Up { stop, thread } = std::mem::replace(&mut self.stage, Stage::Changing) {
            drop(stop);
            // The panic of the thread has been printed. A second panic here would hide the panic of
            // the test.
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Earlier connections may still be in the state TIME_WAIT.
    socket.set_reuseaddr(true).expect("every system has this option");
    socket.bind(address).unwrap_or_else(|error| panic!("{address} cannot be bound: {error}"));
    socket
}
