//! Infos.
