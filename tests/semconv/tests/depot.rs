// Written from a registry of OpenTelemetry's semantic conventions.

use typed_metrics::{Label, Metrics};

/// The gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Label)]
pub enum DepotGate {
    /// The gate at the river.
    North,
    /// The value `FAR south`.
    #[label(name = "FAR south")]
    FarSouth,
    /// Any other gate.
    #[label(name = "_OTHER")]
    Other,
}

/// The phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Label)]
pub enum DepotPhase {
    /// The value `idle`.
    Idle,
    /// The value `busy`.
    Busy,
}

/// The metrics of `depot`.
#[derive(Metrics)]
#[metrics(prefix = "depot")]
pub enum Depot<'a> {
    /// Vehicles that arrived, each of which is counted once, when all of its wheels are inside of
    /// the gate and the gate is shut.
    #[counter(unit = "{vehicle}", name = "vehicle.arrivals", was = "depot.arrivals", positional)]
    VehicleArrivals {
        /// The gate.
        #[label(name = "depot.gate")]
        depot_gate: DepotGate,
        /// Who runs the depot.
        #[label(name = "depot.operator")]
        depot_operator: &'a str,
        /// The type of a vehicle.
        #[label(name = "type")]
        type_: &'a str,
        /// The number of a bay.
        #[label(name = "depot.bay")]
        depot_bay: Option<i64>,
    },
    /// Time in the depot, with "quotes" and \ signs.
    #[histogram(unit = "s", name = "stay.duration")]
    StayDuration {
        /// Whether the depot is open.
        #[label(name = "depot.is_open")]
        depot_is_open: bool,
        /// The gate.
        #[label(name = "depot.gate")]
        depot_gate: Option<DepotGate>,
    },
    /// Weight of a load.
    #[histogram(unit = "kg", buckets = [10.0, 100.0, 1000.5])]
    Load,
    /// The most vehicles at once.
    #[gauge(unit = "{vehicle}", name = "record", value = i64)]
    RecordMetric,
    /// Occupied bays.
    #[up_down_counter(unit = "{bay}")]
    Occupied,
    /// What the depot does.
    #[state]
    Phase {
        /// The phase.
        #[label(name = "depot.phase")]
        depot_phase: DepotPhase,
    },
}
