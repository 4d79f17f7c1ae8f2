//! Transfers of the network devices in the process's network namespace, from `/proc/self/net/dev`.

use std::collections::HashMap;

use procfs::Current;
use procfs::net::{DeviceStatus, InterfaceDeviceStatus};

use crate::metrics::{Network, Transfer};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Total;

/// Network devices by name.
#[derive(Default)]
pub(crate) struct Devices(HashMap<String, [Totals; 2]>);

/// Totals of one device in one direction: bytes, packets, errors, dropped packets.
struct Totals([Total<u64>; 4]);

impl Totals {
    fn new(device: &str, direction: Transfer) -> Self {
        let counters = [
            Network::io(device, direction),
            Network::packets(device, direction),
            Network::errors(device, direction),
            Network::dropped_packets(device, direction),
        ];
        Self(counters.map(Total::new))
    }

    fn follow(&mut self, now: [u64; 4]) {
        self.0.iter_mut().zip(now).for_each(|(total, now)| total.follow(now));
    }
}

impl Source for Devices {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &[
                "system.network.io",
                "system.network.packets",
                "system.network.errors",
                "system.network.dropped_packets",
            ],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let InterfaceDeviceStatus(devices) = InterfaceDeviceStatus::current()?;
        devices.into_values().for_each(|device| self.follow(device));
        Ok(())
    }

    fn hide(&mut self) {}
}

impl Devices {
    fn follow(&mut self, device: DeviceStatus) {
        let directions = [Transfer::Transmit, Transfer::Receive];
        let new = |name: &String| directions.map(|direction| Totals::new(name, direction));
        let [sent, received] = self.0.entry(device.name).or_insert_with_key(new);
        sent.follow([device.sent_bytes, device.sent_packets, device.sent_errs, device.sent_drop]);
        received.follow([
            device.recv_bytes,
            device.recv_packets,
            device.recv_errs,
            device.recv_drop,
        ]);
    }
}
