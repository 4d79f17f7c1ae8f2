//! Where the facade is.

use syn::{Path, parse_quote};

use crate::externs::FacadeExtern;
use crate::parse::{Slot, Unreadable};

/// The path of the facade.
pub(crate) struct Facade {
    pub(crate) path: Path,
    /// Why the path may be wrong.
    pub(crate) doubt: Option<Doubt>,
}

/// Why the facade's own name may not lead to the facade. The crate root can still give it that
/// name, with `extern crate`.
pub(crate) enum Doubt {
    /// The dependency has this name.
    Renamed(String),
    /// The facade is not a dependency.
    Absent,
}

impl Facade {
    /// The path that `crate = …` gives, else the facade's own name.
    pub(crate) fn of(written: &Slot<Path>) -> Result<Self, Unreadable> {
        Ok(match written.read()? {
            Some(path) => Self { path: path.clone(), doubt: None },
            None => Self {
                path: parse_quote!(::typed_metrics),
                doubt: match FacadeExtern::of_this_compilation() {
                    FacadeExtern::AsItself => None,
                    FacadeExtern::Renamed(name) => Some(Doubt::Renamed(name)),
                    FacadeExtern::Absent => Some(Doubt::Absent),
                },
            },
        })
    }
}
