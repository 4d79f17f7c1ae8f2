//! The database: SQLite, or PostgreSQL with the same queries.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{Any, FromRow};
use typed_metrics::db::{Database, System};
use typed_metrics_db::SqlxPool;

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, serde::Serialize)]
pub struct Answered {
    /// A random number that every JSON reader takes exactly.
    pub id: i64,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// All questions. The pool measures its connections and every query.
#[derive(Debug, Clone)]
pub struct Store(SqlxPool<Any>);

impl Store {
    /// Connects to the database at `url`, and makes the table.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(5).connect(url).await?;
        let is_sqlite = url.starts_with("sqlite:");
        let system = if is_sqlite { System::SQLITE } else { System::POSTGRESQL };
        let pool = SqlxPool::with_database("questions", pool, Database::new(system));
        let table = "CREATE TABLE IF NOT EXISTS question (id BIGINT PRIMARY KEY, \
                     asked BIGINT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL)";
        sqlx::query(table).execute(pool.collection("question")).await?;
        Ok(Self(pool))
    }

    /// Stores a question with its answer.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn add(&self, question: String, answer: String) -> Result<Answered, sqlx::Error> {
        let answered = Answered { id: fastrand::i64(1..1 << 53), question, answer };
        sqlx::query("INSERT INTO question (id, asked, question, answer) VALUES ($1, $2, $3, $4)")
            .bind(answered.id)
            .bind(seconds_since_1970(SystemTime::now()))
            .bind(&answered.question)
            .bind(&answered.answer)
            .execute(self.0.collection("question"))
            .await?;
        Ok(answered)
    }

    /// The question with this number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: i64) -> Result<Option<Answered>, sqlx::Error> {
        sqlx::query_as("SELECT id, question, answer FROM question WHERE id = $1")
            .bind(id)
            .fetch_optional(self.0.collection("question"))
            .await
    }

    /// The last questions.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last(&self, most: i64) -> Result<Vec<Answered>, sqlx::Error> {
        sqlx::query_as("SELECT id, question, answer FROM question ORDER BY asked DESC LIMIT $1")
            .bind(most)
            .fetch_all(self.0.collection("question").summary("last questions"))
            .await
    }

    /// Removes the questions of this age, and returns their number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_older_than(&self, age: Duration) -> Result<u64, sqlx::Error> {
        let removed = sqlx::query("DELETE FROM question WHERE asked < $1")
            .bind(seconds_since_1970(SystemTime::now() - age))
            .execute(self.0.collection("question"))
            .await?;
        Ok(removed.rows_affected())
    }
}

fn seconds_since_1970(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
