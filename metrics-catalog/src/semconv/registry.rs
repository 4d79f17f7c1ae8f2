//! The files of a registry, as [weaver] reads them.
//!
//! The [syntax] is that of version 1, with `groups`.
//!
//! [weaver]: https://github.com/open-telemetry/weaver
//! [syntax]: https://github.com/open-telemetry/weaver/blob/main/schemas/semconv-syntax.md

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file with groups.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Registry {
    pub(super) groups: Vec<Group>,
}

/// A metric, or attributes. Other groups are read and ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    #[serde(rename = "type", default)]
    pub(super) signal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metric_name: Option<String>,
    #[serde(default)]
    pub(super) brief: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instrument: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stability: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deprecated: Option<Deprecated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extends: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<Annotations>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attributes: Vec<Attribute>,
}

/// Facts that the syntax has no field for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Annotations {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_generation: Option<CodeGeneration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) typed_metrics: Option<Presentation>,
}

/// Hints that OpenTelemetry's own registry has for generators.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CodeGeneration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metric_value_type: Option<String>,
}

/// The facts that an enum states of a metric beyond its instrument.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Presentation {
    /// `state`, `info` or `exponential`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) buckets: Vec<f64>,
}

/// An attribute, or a reference to one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Attribute {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) value_type: Option<AttributeType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stability: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) brief: Option<String>,
    /// Not read: they may be of any type.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) examples: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requirement_level: Option<RequirementLevel>,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum AttributeType {
    /// `string`, `int`, `double`, `boolean`, and others.
    Named(String),
    Enum {
        members: Vec<Member>,
    },
}

/// A value of an enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) value: MemberValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) brief: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stability: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum MemberValue {
    Bool(bool),
    Int(i64),
    Text(String),
}

/// How much an attribute is needed: a word, or a word with a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum RequirementLevel {
    Always(String),
    Under(BTreeMap<String, String>),
}

/// The reason why a metric is to be used no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Deprecated {
    Reason {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        renamed_to: Option<String>,
    },
    /// The form of old registries.
    Text(String),
}

/// The file `manifest.yaml`.
#[derive(Debug, Serialize)]
pub(super) struct Manifest<'a> {
    pub(super) schema_url: &'a str,
    pub(super) description: &'a str,
    pub(super) stability: &'a str,
}
