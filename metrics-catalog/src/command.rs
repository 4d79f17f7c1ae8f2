//! The command of a program: writes the files of its catalog, and checks them.
//!
//! Each subcommand is a function from its arguments to an [`Answer`]. Only
//! [`Command::main`](builder::Command::main) prints.

mod answer;
mod arguments;
mod audit;
mod builder;
mod check;
mod folder;
mod from_semconv;
mod list;
mod rendered;
mod selection;
mod style;
mod write;

pub use answer::Answer;
pub use builder::{Command, main};
