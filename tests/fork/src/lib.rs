//! `tests/children.rs` forks.
