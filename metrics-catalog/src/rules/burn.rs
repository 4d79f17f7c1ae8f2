//! How fast a budget of errors may be spent before somebody is told.

/// An alert: the budget is spent this many times too fast, in a long and in a short window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Burn {
    /// At 1, the budget of 30 days lasts 30 days.
    pub(super) factor: f64,
    pub(super) long: &'static str,
    /// The alert ends when this window is clean.
    pub(super) short: &'static str,
    /// The time that the condition has to hold.
    pub(super) pending: &'static str,
    pub(super) pending_minutes: u32,
    pub(super) severity: &'static str,
}

/// The alerts, from the slowest to the fastest.
///
/// Factors and windows are those of [Google's SRE workbook][workbook], chapter 5, table 5-8, for a
/// budget of 30 days. The page after one hour has spent 2 % of the budget, the page after six hours
/// 5 %, and each ticket 10 %. The pending times are those of [kubernetes-mixin].
///
/// [workbook]: https://sre.google/workbook/alerting-on-slos/
/// [kubernetes-mixin]: https://github.com/kubernetes-monitoring/kubernetes-mixin/blob/master/alerts/kube_apiserver.libsonnet
pub(super) const BURNS: [Burn; 4] = [
    Burn {
        factor: 1.0,
        long: "3d",
        short: "6h",
        pending: "3h",
        pending_minutes: 180,
        severity: "ticket",
    },
    Burn {
        factor: 3.0,
        long: "1d",
        short: "2h",
        pending: "1h",
        pending_minutes: 60,
        severity: "ticket",
    },
    Burn {
        factor: 6.0,
        long: "6h",
        short: "30m",
        pending: "15m",
        pending_minutes: 15,
        severity: "page",
    },
    Burn {
        factor: 14.4,
        long: "1h",
        short: "5m",
        pending: "2m",
        pending_minutes: 2,
        severity: "page",
    },
];

/// The windows of all alerts, from the shortest.
pub(super) const WINDOWS: [&str; 7] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

impl Burn {
    /// The share of bad calls above which the alert fires.
    pub(super) fn threshold(&self, budget: f64) -> f64 {
        self.factor * budget
    }

    /// Whether any share of bad calls can be above the threshold.
    pub(super) fn is_possible(&self, budget: f64) -> bool {
        self.threshold(budget) < 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alerts_spend_the_parts_of_the_budget_that_the_workbook_states() {
        let hours = |window: &str| {
            let (number, unit) = window.split_at(window.len() - 1);
            let number: f64 = number.parse().unwrap();
            number
                * [("m", 1.0 / 60.0), ("h", 1.0), ("d", 24.0)]
                    .iter()
                    .find(|u| u.0 == unit)
                    .unwrap()
                    .1
        };
        let spent: Vec<f64> =
            BURNS.iter().map(|burn| burn.factor * hours(burn.long) / (30.0 * 24.0)).collect();
        for (spent, expected) in spent.into_iter().zip([0.10, 0.10, 0.05, 0.02]) {
            assert!((spent - expected).abs() < 1e-9, "{spent}");
        }
        for burn in BURNS {
            assert!(WINDOWS.contains(&burn.long) && WINDOWS.contains(&burn.short));
            // The workbook's short windows are a twelfth of the long ones.
            assert!((hours(burn.long) / hours(burn.short) - 12.0).abs() < 1e-9);
            let minutes = f64::from(burn.pending_minutes) / 60.0;
            assert!((hours(burn.pending) - minutes).abs() < 1e-9);
        }
        assert!(!BURNS[3].is_possible(0.1) && BURNS[3].is_possible(0.05));
    }
}
