//! The names of errors that the program does not name.

use std::any::type_name;

use crate::failure::{Failure, NameError};

/// Names an error by its type, such as `redis::errors::redis_error::RedisError`: the default.
///
/// With the feature `sqlx`, an error of sqlx has the [code of the database](Failure::status), or
/// else the name of its variant, such as `Io` and `PoolTimedOut`; `RowNotFound` is
/// [none](Failure::none).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByType;

impl<E: 'static> NameError<E> for ByType {
    fn failure<'e>(&self, error: &'e E) -> Failure<'e> {
        #[cfg(feature = "sqlx")]
        if let Some(error) = (error as &dyn std::any::Any).downcast_ref() {
            return crate::sqlx_error::failure(error);
        }
        let _ = error;
        Failure::of_type(type_name::<E>())
    }
}
