//! Metrics known only at run time.

mod attributes;
mod coming_later;
mod found;
mod recording;
mod registering;
