//! A receiver that accepts every request, in the process that reports.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{io, thread};

/// A server on a port of 127.0.0.1, to the end of the process.
pub(crate) struct Receiver {
    pub(crate) endpoint: String,
    bytes: Arc<AtomicU64>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
        let bytes = Arc::new(AtomicU64::new(0));
        let received = Arc::clone(&bytes);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let received = Arc::clone(&received);
                // The client closes the connection at its end.
                thread::spawn(move || drop(serve(&connection, &received)));
            }
        });
        Self { endpoint, bytes }
    }

    /// The size of all bodies since the last call.
    pub(crate) fn take_bytes(&self) -> u64 {
        self.bytes.swap(0, Relaxed)
    }
}

fn serve(connection: &TcpStream, received: &AtomicU64) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, connection);
    let mut writer = connection;
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let header = line.trim_end().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if header.is_empty() {
                break;
            }
        }
        let read = io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
        received.fetch_add(read, Relaxed);
        writer.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n",
        )?;
    }
}
