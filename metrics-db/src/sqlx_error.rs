//! The failures that errors of sqlx mean.

use ::sqlx::Error;

use crate::failure::Failure;

/// The code of the database, or else the name of the variant. A text within an error is no label.
pub(crate) fn failure(error: &Error) -> Failure<'_> {
    if let Error::Database(error) = error {
        return error.code().map_or_else(|| Failure::of_type("Database"), Failure::status);
    }
    Failure::of_type(match error {
        Error::RowNotFound => return Failure::none(),
        Error::AnyDriverError(_) => "AnyDriverError",
        Error::BeginFailed => "BeginFailed",
        Error::ColumnDecode { .. } => "ColumnDecode",
        Error::ColumnIndexOutOfBounds { .. } => "ColumnIndexOutOfBounds",
        Error::ColumnNotFound(_) => "ColumnNotFound",
        Error::Configuration(_) => "Configuration",
        Error::Decode(_) => "Decode",
        Error::Encode(_) => "Encode",
        Error::InvalidArgument(_) => "InvalidArgument",
        Error::InvalidSavePointStatement => "InvalidSavePointStatement",
        Error::Io(_) => "Io",
        Error::PoolClosed => "PoolClosed",
        Error::PoolTimedOut => "PoolTimedOut",
        Error::Protocol(_) => "Protocol",
        Error::Tls(_) => "Tls",
        Error::TypeNotFound { .. } => "TypeNotFound",
        Error::WorkerCrashed => "WorkerCrashed",
        _ => "_OTHER",
    })
}
