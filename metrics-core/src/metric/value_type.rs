//! Code for each type of values.

use crate::number::Number;
use crate::rules::kind::ValueType;

/// Evaluates an expression in which `$number` is the Rust type of `$value_type`.
macro_rules! with_number {
    ($value_type:expr, $number:ident => $body:expr) => {
        match $value_type {
            $crate::rules::kind::ValueType::U64 => {
                type $number = u64;
                $body
            }
            $crate::rules::kind::ValueType::I64 => {
                type $number = i64;
                $body
            }
            $crate::rules::kind::ValueType::F64 => {
                type $number = f64;
                $body
            }
        }
    };
}
pub(crate) use with_number;

impl ValueType {
    /// The sum of two values of this type. All three are bits.
    pub(crate) fn sum(self, a: u64, b: u64) -> u64 {
        with_number!(self, N => N::from_bits(a).plus(N::from_bits(b)).to_bits())
    }
}
