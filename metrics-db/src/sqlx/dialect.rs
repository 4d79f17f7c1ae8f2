//! The dialect of SQL that a driver sends.

use std::any::Any;

use ::sqlx::{AnyConnection, Database};

/// How a database reads quotes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `\'` within a string, comments that begin with `#`, and code within `/*! … */`.
    MySql,
    /// None of the others' rules.
    Sqlite,
    /// `$$` and `$name$` as quotes, `\'` within `E'…'`, and comments within comments.
    PostgreSql,
}

impl Dialect {
    /// The dialect of the connection's driver: the label `db.system.name` may name another product
    /// that the driver talks to. `None` for a driver that is not one of sqlx.
    pub(super) fn of<DB: Database>(connection: &DB::Connection) -> Option<Self> {
        let any = (connection as &dyn Any).downcast_ref::<AnyConnection>();
        match any.map_or(DB::NAME, AnyConnection::backend_name) {
            "MySQL" => Some(Self::MySql),
            "PostgreSQL" => Some(Self::PostgreSql),
            "SQLite" => Some(Self::Sqlite),
            _ => None,
        }
    }
}
