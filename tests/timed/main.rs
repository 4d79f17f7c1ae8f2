//! `#[timed]`: the measurements of a call, and functions of every form.

mod calls;
mod computed_labels;
mod forms;
mod groups;
mod outcomes;
mod polls;
mod sampled;
mod shop;
