//! The trait of metrics enums.

use super::resolve::SeriesKey;
use crate::metric::descriptor::Descriptor;

/// A metrics enum. The derive implements this trait, and adds `record` and a constructor for each
/// variant to the enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metrics enum",
    label = "does not derive `Metrics`",
    note = "put `#[derive(Metrics)]` on the enum, or pass the variant with its labels, such as \
            `M::Requests {{ route }}`, and not a handle or a name"
)]
pub trait Metrics {
    /// The descriptor of each variant's metric, in the order of the variants.
    #[must_use]
    fn descriptors() -> &'static [&'static Descriptor];

    #[doc(hidden)]
    fn __series(&self) -> SeriesKey;
}
