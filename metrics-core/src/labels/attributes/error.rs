//! The error for attributes that cannot be used.

/// The reason why attributes cannot be used, as text.
#[derive(Debug)]
#[doc(hidden)]
pub struct AttributeError(pub(super) String);

impl AttributeError {
    /// Attribute `name` has a nested value.
    pub(crate) fn not_flat(name: &str, found: &str) -> Self {
        Self(format!(
            "attribute `{name}` is {found}; attributes are flat: give a string, a number, a boolean \
             or nothing"
        ))
    }
}

impl std::fmt::Display for AttributeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AttributeError {}

impl serde::ser::Error for AttributeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(format!("its attributes could not be serialized: {message}"))
    }
}
