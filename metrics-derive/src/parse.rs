//! Tokens to what was written.
//!
//! Nothing here judges whether a declaration makes sense; only whether it can be read.

mod buckets;
mod docs;
mod entry;
mod field;
mod helper;
mod label;
mod metrics;
mod slot;
mod value;
mod variant;

pub(crate) use buckets::{Boundary, BucketsDeclaration, Generator};
pub(crate) use field::FieldDeclaration;
pub(crate) use label::{LabelBody, LabelDeclaration, LabelVariant, NewtypeField, RenameRule};
pub(crate) use metrics::MetricsDeclaration;
pub(crate) use slot::{Slot, Unreadable};
pub(crate) use variant::{KindDeclaration, VariantDeclaration, VariantFields};
