//! The trait of metrics enums.

use super::resolve::SeriesKey;
use crate::metric::descriptor::Descriptor;
use crate::store::family::Family;

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
    fn descriptors() -> Vec<&'static Descriptor> {
        Self::__families().iter().map(Family::descriptor).collect()
    }

    #[doc(hidden)]
    fn __families() -> &'static [Family];

    #[doc(hidden)]
    fn __series(&self) -> SeriesKey;
}
