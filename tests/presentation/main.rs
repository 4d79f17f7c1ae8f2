//! Metrics that readers show in another form than the stored one: states, infos, and metrics that
//! have an old name.

mod infos;
mod old_names;
mod states;
mod support;
