//! The instrumentation scope of a metric: the library that records it through a foreign API.

use std::sync::Mutex;

use crate::labels::given::{GivenAttributes, collected};
use crate::labels::hash::same_labels;
use crate::labels::set::Labels;
use crate::locks::lock;

/// The instrumentation scope of a metric: the library that records the metric through a foreign API
/// such as OpenTelemetry's.
///
/// Metrics of different scopes are different metrics, whatever their names. Handlers export the
/// scope with the metric.
#[derive(Debug, serde::Serialize)]
pub struct Scope {
    #[serde(skip)]
    number: usize,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_url: Option<String>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    attributes: Labels,
}

static SCOPES: Mutex<Vec<&'static Scope>> = Mutex::new(Vec::new());

impl Scope {
    /// The scope of these facts. It stays for ever.
    #[doc(hidden)]
    pub fn of(
        name: &str,
        version: Option<&str>,
        schema_url: Option<&str>,
        attributes: &impl GivenAttributes,
    ) -> &'static Self {
        let owned = |collected: &crate::labels::attributes::collected::Collected| {
            let pairs = collected.iter();
            Labels::new(
                pairs.filter_map(|(name, value)| Some((name.to_owned().into(), value.to_value()?))),
            )
        };
        let attributes = collected(attributes, owned);
        let mut scopes = lock(&SCOPES);
        let is_same = |scope: &&&'static Self| {
            scope.name == name
                && scope.version.as_deref() == version
                && scope.schema_url.as_deref() == schema_url
                && same_labels(&scope.attributes, &attributes)
        };
        if let Some(scope) = scopes.iter().find(is_same) {
            return scope;
        }
        let scope: &'static Self = Box::leak(Box::new(Self {
            number: scopes.len() + 1,
            name: name.to_owned(),
            version: version.map(str::to_owned),
            schema_url: schema_url.map(str::to_owned),
            attributes,
        }));
        scopes.push(scope);
        scope
    }

    /// A scope that no metric has, for the targets in `fuzz/`.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn given(
        name: &str,
        version: Option<&str>,
        schema_url: Option<&str>,
        attributes: Labels,
    ) -> Self {
        let (version, schema_url) = (version.map(str::to_owned), schema_url.map(str::to_owned));
        Self { number: 0, name: name.to_owned(), version, schema_url, attributes }
    }

    /// The name of the library.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the library.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The URL of the schema that the names of metrics and attributes follow.
    #[must_use]
    pub fn schema_url(&self) -> Option<&str> {
        self.schema_url.as_deref()
    }

    /// The attributes of the scope, sorted by name.
    #[must_use]
    pub fn attributes(&self) -> &Labels {
        &self.attributes
    }

    /// The order in which the scopes were made, from 1.
    pub(crate) fn number(&self) -> usize {
        self.number
    }
}
