//! The label `db.system.name`.

use typed_metrics_derive::Label;

/// The product that a client talks to: the label `db.system.name`.
///
/// The constants are values of [OpenTelemetry's list][list]; [`System::new`] names any other.
///
/// ```
/// use typed_metrics_db::System;
///
/// assert_eq!(System::POSTGRESQL.name(), "postgresql");
/// assert_eq!(System::new("scylladb").name(), "scylladb");
/// ```
///
/// [list]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/db/
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Label)]
#[label(crate = typed_metrics_core)]
pub struct System<'a>(&'a str);

impl System<'static> {
    /// Apache Cassandra.
    pub const CASSANDRA: Self = Self("cassandra");
    /// ClickHouse.
    pub const CLICKHOUSE: Self = Self("clickhouse");
    /// Amazon DynamoDB.
    pub const DYNAMODB: Self = Self("aws.dynamodb");
    /// Elasticsearch.
    pub const ELASTICSEARCH: Self = Self("elasticsearch");
    /// MariaDB.
    pub const MARIADB: Self = Self("mariadb");
    /// Memcached.
    pub const MEMCACHED: Self = Self("memcached");
    /// Microsoft SQL Server.
    pub const MICROSOFT_SQL_SERVER: Self = Self("microsoft.sql_server");
    /// MongoDB.
    pub const MONGODB: Self = Self("mongodb");
    /// MySQL.
    pub const MYSQL: Self = Self("mysql");
    /// Oracle Database.
    pub const ORACLE: Self = Self("oracle.db");
    /// Any other SQL database.
    pub const OTHER_SQL: Self = Self("other_sql");
    /// PostgreSQL.
    pub const POSTGRESQL: Self = Self("postgresql");
    /// Redis.
    pub const REDIS: Self = Self("redis");
    /// SQLite.
    pub const SQLITE: Self = Self("sqlite");
}

impl<'a> System<'a> {
    /// Names a system that has no constant.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self(name)
    }

    /// The port on which a server of this system listens by default. `None` for systems without
    /// one, with several, or without a constant.
    ///
    /// ```
    /// use typed_metrics_db::System;
    ///
    /// assert_eq!(System::POSTGRESQL.default_port(), Some(5432));
    /// assert_eq!(System::SQLITE.default_port(), None);
    /// ```
    #[must_use]
    pub fn default_port(self) -> Option<u16> {
        match self {
            System::CASSANDRA => Some(9042),
            System::DYNAMODB => Some(443),
            System::ELASTICSEARCH => Some(9200),
            System::MARIADB | System::MYSQL => Some(3306),
            System::MEMCACHED => Some(11211),
            System::MICROSOFT_SQL_SERVER => Some(1433),
            System::MONGODB => Some(27017),
            System::ORACLE => Some(1521),
            System::POSTGRESQL => Some(5432),
            System::REDIS => Some(6379),
            _ => None,
        }
    }

    /// The value of the label.
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.0
    }
}
