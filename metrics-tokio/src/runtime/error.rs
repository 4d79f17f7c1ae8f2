//! Why a runtime cannot be observed.

use std::error::Error;
use std::fmt;

/// Why a runtime cannot be observed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObserveError {
    /// The calling thread is in no runtime.
    #[non_exhaustive]
    NoRuntime {
        /// The name that was given.
        name: String,
    },
    /// The name is empty.
    EmptyName,
    /// The runtime is observed already, under this or another name.
    #[non_exhaustive]
    AlreadyObserved {
        /// The name that was given.
        name: String,
        /// The name under which the runtime is observed.
        observed_as: String,
    },
}

impl fmt::Display for ObserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuntime { name } => write!(
                f,
                "runtime `{name}` cannot be observed: this thread is in no runtime of tokio; call \
                 `observe_current_runtime` in async code, or give `observe_runtime` a handle"
            ),
            Self::EmptyName => f.write_str(
                "the name of a runtime is empty, and a runtime is known by its name; give one, \
                 such as `main`",
            ),
            Self::AlreadyObserved { name, observed_as } => write!(
                f,
                "runtime `{name}` is observed already, as `{observed_as}`, and would count twice; \
                 remove one of the two calls, or drop the first observation before the second call"
            ),
        }
    }
}

impl Error for ObserveError {}
