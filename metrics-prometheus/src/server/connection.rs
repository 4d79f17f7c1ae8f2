//! HTTP/1 over one connection.

use std::convert::Infallible;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::answer::text;
use crate::server::site::Site;
use crate::server::stage::{Progress, Stage, TO_READ};

/// The most bytes of the head of a request.
pub(crate) const HEAD: usize = 16 * 1024;

/// Answers the requests of a connection, until the client closes it or sends what is not HTTP.
pub(crate) async fn answer_all(stream: TcpStream, progress: Rc<Progress>, site: Arc<Site>) {
    let answer = |request: http::Request<Incoming>| {
        let (progress, site) = (Rc::clone(&progress), Arc::clone(&site));
        async move {
            progress.enter(Stage::Making);
            let request = request.into_parts().0;
            let made = timeout(TO_READ, site.answer(&request)).await;
            progress.enter(Stage::Answer);
            Ok::<_, Infallible>(made.unwrap_or_else(|_| {
                let reason = format!("The metrics could not be collected within {TO_READ:?}.\n");
                text(StatusCode::SERVICE_UNAVAILABLE, reason)
            }))
        }
    };
    let watched = TokioIo::new(Watched { stream, progress: Rc::clone(&progress) });
    let mut http = http1::Builder::new();
    // A client that has sent its request may close its half of the connection.
    http.half_close(true).max_buf_size(HEAD);
    // Whatever the client did wrong is the client's affair.
    let _ = http.serve_connection(watched, service_fn(answer)).await;
}

/// A stream that notes how far its connection is.
struct Watched {
    stream: TcpStream,
    progress: Rc<Progress>,
}

impl Drop for Watched {
    /// Tells the client that the connection has ended. A close alone does not, while a forked child
    /// has a copy of the socket.
    fn drop(&mut self) {
        // An error: the client has ended the connection.
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Both);
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        if into.filled().len() > before {
            self.progress.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// HTTP flushes after it has written all of an answer.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.progress.has_flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
