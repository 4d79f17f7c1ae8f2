//! Reads tokens into a declaration.
//!
//! `parse` reports what cannot be read. Whether a declaration makes sense is checked by `model`.

mod also;
mod buckets;
mod compact;
mod constant_labels;
mod docs;
mod entry;
mod expiry;
mod exponential;
mod field;
mod group;
mod helper;
mod label;
mod metrics;
mod share;
mod slot;
mod timed;
mod timed_item;
mod ungrouped;
mod value;
mod variant;

pub(crate) use buckets::{Boundary, BucketsDeclaration, Generator};
pub(crate) use compact::compact;
pub(crate) use constant_labels::ConstantLabel;
pub(crate) use field::FieldDeclaration;
pub(crate) use group::GroupDeclaration;
pub(crate) use label::{LabelBody, LabelDeclaration, LabelVariant, NewtypeField, RenameRule};
pub(crate) use metrics::MetricsDeclaration;
pub(crate) use slot::{Slot, Unreadable};
pub(crate) use timed::{Computed, MetricReference, TimedArguments};
pub(crate) use timed_item::{Body, FunctionDeclaration, ImplMember, TimedItem};
pub(crate) use value::{Constant, WholeNumber};
pub(crate) use variant::{KindDeclaration, VariantDeclaration, VariantFields};
