//! Sockets of the process's network namespace by state, from `/proc/net/tcp`, `tcp6`, `udp` and
//! `udp6`.

use std::collections::BTreeMap;

use procfs::net::{TcpState, tcp, tcp6, udp, udp6};
use procfs::{ProcError, ProcResult};

use crate::metrics::{ConnectionState, Network, Protocol};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Level;

/// Numbers of sockets by address family, protocol and state. A number that falls to zero stays
/// exported.
#[derive(Default)]
pub(crate) struct Connections(BTreeMap<Kind, Level>);

type Kind = (Family, Protocol, ConnectionState);

/// Address families with their numbers, which are the same on all architectures of Linux.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Inet = 2,
    Inet6 = 10,
}

impl Source for Connections {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &["system.network.connections"],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let counts = count()?;
        for kind in counts.keys() {
            self.0.entry(*kind).or_insert_with(|| Level::new(handle(*kind)));
        }
        for (kind, level) in &mut self.0 {
            level.follow(counts.get(kind).copied().unwrap_or_default());
        }
        Ok(())
    }

    fn hide(&mut self) {
        self.0.values_mut().for_each(Level::hide);
        self.0.clear();
    }
}

fn handle((family, protocol, state): Kind) -> typed_metrics_core::UpDownCounter {
    // `SOCK_STREAM` and `SOCK_DGRAM`, as Python reports the protocol.
    let socket = match protocol {
        Protocol::Tcp => 1,
        Protocol::Udp => 2,
    };
    Network::connections(family as u8, socket, protocol, state)
}

fn count() -> ProcResult<BTreeMap<Kind, u64>> {
    let mut counts = BTreeMap::new();
    let mut add = |kind| *counts.entry(kind).or_default() += 1;
    for (family, entries) in [(Family::Inet, tcp()?), (Family::Inet6, if_exists(tcp6())?)] {
        entries.iter().for_each(|entry| add((family, Protocol::Tcp, state(&entry.state))));
    }
    for (family, entries) in [(Family::Inet, udp()?), (Family::Inet6, if_exists(udp6())?)] {
        entries.iter().for_each(|_| add((family, Protocol::Udp, ConnectionState::None)));
    }
    Ok(counts)
}

/// Without IPv6 in the kernel, the files for IPv6 do not exist.
fn if_exists<T>(entries: ProcResult<Vec<T>>) -> ProcResult<Vec<T>> {
    match entries {
        Err(ProcError::NotFound(_)) => Ok(Vec::new()),
        entries => entries,
    }
}

fn state(state: &TcpState) -> ConnectionState {
    match state {
        TcpState::Established => ConnectionState::Established,
        TcpState::SynSent => ConnectionState::SynSent,
        TcpState::SynRecv | TcpState::NewSynRecv => ConnectionState::SynRecv,
        TcpState::FinWait1 => ConnectionState::FinWait1,
        TcpState::FinWait2 => ConnectionState::FinWait2,
        TcpState::TimeWait => ConnectionState::TimeWait,
        TcpState::Close => ConnectionState::Close,
        TcpState::CloseWait => ConnectionState::CloseWait,
        TcpState::LastAck => ConnectionState::LastAck,
        TcpState::Listen => ConnectionState::Listen,
        TcpState::Closing => ConnectionState::Closing,
    }
}
