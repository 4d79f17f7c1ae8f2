//! Colours with a meaning.

/// The colours of states whose names have no known meaning.
const OTHERS: [&str; 8] = [
    "blue",
    "purple",
    "orange",
    "light-blue",
    "dark-green",
    "light-purple",
    "dark-yellow",
    "dark-blue",
];

/// Words of names, and the colours that people expect.
const KNOWN: [(&str, &[&str]); 4] = [
    (
        "green",
        &[
            "ok",
            "up",
            "running",
            "ready",
            "healthy",
            "active",
            "open",
            "connected",
            "success",
            "true",
            "online",
        ],
    ),
    (
        "red",
        &[
            "error",
            "failed",
            "failure",
            "down",
            "unhealthy",
            "panicked",
            "dead",
            "broken",
            "crashed",
            "lost",
        ],
    ),
    (
        "yellow",
        &[
            "starting",
            "pending",
            "waiting",
            "connecting",
            "draining",
            "degraded",
            "warning",
            "retrying",
            "stopping",
            "paused",
        ],
    ),
    (
        "text",
        &[
            "stopped",
            "closed",
            "idle",
            "off",
            "disabled",
            "cancelled",
            "unknown",
            "false",
            "offline",
            "none",
            "disconnected",
        ],
    ),
];

/// The colour of a state: by its name, or by its place among the states.
pub(super) fn of_state(name: &str, place: usize) -> &'static str {
    let name = name.to_ascii_lowercase();
    let known = KNOWN.iter().find(|(_, words)| words.contains(&name.as_str()));
    known.map_or(OTHERS[place % OTHERS.len()], |(color, _)| color)
}

/// The colour of a series by a part of its name; `None` if Grafana chooses.
pub(super) fn of_outcome(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "ok" | "success" => Some("green"),
        "error" | "failed" | "failure" => Some("red"),
        "panicked" => Some("dark-red"),
        "cancelled" => Some("orange"),
        _ => None,
    }
}
