//! The helper attributes of the derives, and the places that they belong to.

use syn::Attribute;

use crate::diagnostics::Diagnostics;
use crate::kind::{Kind, kind_named};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Helper {
    Metrics,
    Kind(Kind),
    Label,
}

impl Helper {
    pub(crate) fn of(attribute: &Attribute) -> Option<Self> {
        let name = attribute.path().get_ident()?.to_string();
        match name.as_str() {
            "metrics" => Some(Self::Metrics),
            "label" => Some(Self::Label),
            word => kind_named(word).map(Self::Kind),
        }
    }

    fn belongs(self) -> &'static str {
        match self {
            Self::Metrics => "above the enum",
            Self::Kind(_) => "above a variant",
            Self::Label => "above a field",
        }
    }
}

/// Reports a helper attribute of `#[derive(Metrics)]` in a place where it has no meaning.
pub(crate) fn misplaced(cx: &Diagnostics, attribute: &Attribute, helper: Helper) {
    let name = attribute.path().get_ident().map(ToString::to_string).unwrap_or_default();
    cx.error(attribute, format_args!("`#[{name}]` belongs {}", helper.belongs()));
}
