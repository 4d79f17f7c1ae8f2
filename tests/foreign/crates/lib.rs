//! Empty: this package only names crates.
