//! Operators between two expressions, and the labels by which they match series.

use promql_parser::parser::value::ValueType;
use promql_parser::parser::{BinaryExpr, LabelModifier, VectorMatchCardinality};

use super::check::{Check, Context};
use super::label_set::LabelSet;
use super::series::Series;

impl Check<'_, '_> {
    /// The series of an operator between two expressions.
    pub(super) fn binary(&mut self, binary: &BinaryExpr, context: Context<'_>) -> Series {
        let operator = binary.op.to_string();
        // These keep series of the left side, by the existence of series on the right.
        let is_filter = matches!(&*operator, "and" | "unless");
        let left = self.walk(&binary.lhs, context);
        let right = self.walk(&binary.rhs, if is_filter { context.existence() } else { context });
        let is_scalar = |side: ValueType| side == ValueType::Scalar;
        if is_scalar(binary.lhs.value_type()) {
            return right;
        }
        if is_scalar(binary.rhs.value_type()) {
            return left;
        }
        let modifier = binary.modifier.as_ref();
        let matching = modifier.and_then(|modifier| modifier.matching.as_ref());
        match matching {
            Some(LabelModifier::Include(on)) => {
                self.require_labels(&left.labels, on, "`on`");
                self.require_labels(&right.labels, on, "`on`");
            }
            Some(LabelModifier::Exclude(ignoring)) => {
                let either = left.labels.clone().union(right.labels.clone());
                self.require_labels(&either, ignoring, "`ignoring`");
            }
            None => {}
        }
        let kinds = left.kinds.union(right.kinds);
        let labels = match (modifier.map(|modifier| &modifier.card), &*operator) {
            (_, "and" | "unless") => return left,
            (_, "or") => left.labels.union(right.labels),
            (Some(VectorMatchCardinality::ManyToOne(added)), _) => {
                self.require_labels(&right.labels, added, "`group_left`");
                added.labels.iter().fold(left.labels, |labels, label| labels.with(label))
            }
            (Some(VectorMatchCardinality::OneToMany(added)), _) => {
                self.require_labels(&left.labels, added, "`group_right`");
                added.labels.iter().fold(right.labels, |labels, label| labels.with(label))
            }
            _ => match matching {
                Some(LabelModifier::Include(on)) => LabelSet::only(&on.labels),
                Some(LabelModifier::Exclude(ignoring)) => left.labels.without(&ignoring.labels),
                // Of series that are not known, the other side tells the labels.
                None if left.labels == LabelSet::Any => right.labels,
                None => left.labels,
            },
        };
        Series { labels, kinds }
    }
}
