//! The connections of the server: accepted, limited in number and in time.

use std::cell::RefCell;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, spawn_local, yield_now};
use tokio::time::{Instant, sleep};

use crate::server::connection::answer_all;
use crate::server::site::Site;
use crate::server::stage::{Progress, Stage};

/// The most connections at a time.
pub(crate) const MOST: usize = 64;

/// How exactly deadlines are kept.
const TICK: Duration = Duration::from_millis(250);

/// The pause after the system could not accept a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The open connections. Each is a task of the server's thread.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: RefCell<Vec<Connection>>,
    /// Notified when there is a connection again.
    opened: Notify,
}

#[derive(Debug)]
struct Connection {
    progress: Rc<Progress>,
    task: AbortHandle,
}

/// A socket that listens until this is dropped.
struct Listening(TcpListener);

impl Drop for Listening {
    /// Frees the port. A close alone does not, while a forked child has a copy of the socket:
    /// clients would still connect, to nobody.
    fn drop(&mut self) {
        // An error: the socket does not listen, which is what is wanted.
        let _ = SockRef::from(&self.0).shutdown(Shutdown::Both);
    }
}

/// Accepts connections for ever.
pub(crate) async fn accept_all(
    listener: TcpListener,
    connections: Rc<Connections>,
    site: Arc<Site>,
) {
    let listener = Listening(listener);
    loop {
        match listener.0.accept().await {
            Ok((stream, _)) => connections.add(stream, &site),
            Err(error) => {
                if is_out_of_files(&error) {
                    connections.close_one();
                }
                sleep(PAUSE).await;
            }
        }
        // The new connection reads its request before the next one is accepted.
        yield_now().await;
    }
}

/// Whether the process, or the whole system, has as many open files as it may have.
fn is_out_of_files(error: &io::Error) -> bool {
    // `ENFILE` and `EMFILE`, which have these numbers on every Unix, and `WSAEMFILE`.
    let numbers: &[i32] = if cfg!(windows) { &[10024] } else { &[23, 24] };
    error.raw_os_error().is_some_and(|number| numbers.contains(&number))
}

/// Closes, for ever, the connections whose time is over.
pub(crate) async fn close_overdue(connections: Rc<Connections>) {
    loop {
        if connections.is_empty() {
            connections.opened.notified().await;
        }
        sleep(TICK).await;
        let now = Instant::now();
        connections.open.borrow_mut().retain(|connection| {
            let is_overdue = connection.progress.deadline() <= now;
            if is_overdue {
                connection.task.abort();
            }
            !is_overdue && !connection.task.is_finished()
        });
    }
}

impl Connections {
    fn add(&self, stream: TcpStream, site: &Arc<Site>) {
        self.open.borrow_mut().retain(|connection| !connection.task.is_finished());
        if self.open.borrow().len() >= MOST && !self.close_one() {
            // All connections wait for answers, which are made at this moment.
            return;
        }
        // An answer is written in one piece, so nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let progress = Rc::new(Progress::new());
        let answers = answer_all(stream, Rc::clone(&progress), Arc::clone(site));
        let task = spawn_local(answers).abort_handle();
        self.open.borrow_mut().push(Connection { progress, task });
        self.opened.notify_one();
    }

    /// Closes the connection that is worth least: one that is idle, else one that sends or reads
    /// slowly. False if all connections wait for answers that are being made.
    fn close_one(&self) -> bool {
        let mut open = self.open.borrow_mut();
        let stages = open.iter().map(|connection| connection.progress.get());
        let least = stages.enumerate().min_by_key(|(_, stage)| *stage);
        match least {
            Some((at, (stage, _))) if stage < Stage::Making => {
                open.swap_remove(at).task.abort();
                true
            }
            _ => false,
        }
    }

    fn is_empty(&self) -> bool {
        self.open.borrow().is_empty()
    }

    /// Lets the answers in progress be read, for a time, and closes all connections.
    pub(crate) async fn close_all(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let is_in_progress = |connection: &Connection| {
            !connection.task.is_finished() && connection.progress.get().0 >= Stage::Answer
        };
        while self.open.borrow().iter().any(is_in_progress) && Instant::now() < deadline {
            sleep(Duration::from_millis(5)).await;
        }
        self.open.borrow_mut().drain(..).for_each(|connection| connection.task.abort());
    }
}
