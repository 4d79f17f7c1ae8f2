//! Labels of the conventions' metrics.

use typed_metrics_derive::{Label, LabelGroup};

/// The labels of a call: the operation, the model and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub struct GenAiRequest<'a> {
    /// The operation, such as `chat`.
    #[label(name = "gen_ai.operation.name")]
    pub operation_name: &'a str,
    /// The provider, such as `openai`.
    #[label(name = "gen_ai.provider.name")]
    pub provider_name: &'a str,
    /// The model that the request names.
    #[label(name = "gen_ai.request.model")]
    pub request_model: &'a str,
    /// The server's name or address.
    #[label(name = "server.address")]
    pub server_address: Option<&'a str>,
    /// The server's port.
    #[label(name = "server.port")]
    pub server_port: Option<u16>,
}

/// The modality of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum TokenModality {
    /// Tokens of text.
    Text,
    /// Tokens of images.
    Image,
    /// Tokens of audio.
    Audio,
    /// Tokens of a modality that the provider did not report.
    Unknown,
}
