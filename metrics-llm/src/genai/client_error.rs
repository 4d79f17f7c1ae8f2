//! The error type of an error that the client returns.

use std::borrow::Cow;
use std::error;

use genai::{Error, webc};

use crate::error_type;

/// The HTTP status of the response, or else a value of [`error_type`].
pub(super) fn type_of(error: &Error) -> Cow<'static, str> {
    if let Some(status) = error.status() {
        return status.as_u16().to_string().into();
    }
    match error {
        Error::WebModelCall { webc_error, .. } | Error::WebAdapterCall { webc_error, .. } => {
            of_call(webc_error).into()
        }
        Error::WebStream { error, .. } => of_stream(&**error),
        Error::ChatResponseGeneration { .. }
        | Error::StreamParse { .. }
        | Error::NoChatResponse { .. }
        | Error::InvalidJsonResponseElement { .. }
        | Error::JsonValueExt(_)
        | Error::SerdeJson(_) => error_type::INVALID_RESPONSE.into(),
        Error::ChatReqHasNoMessages { .. }
        | Error::LastChatMessageIsNotUser { .. }
        | Error::MessageRoleNotSupported { .. }
        | Error::MessageContentTypeNotSupported { .. }
        | Error::JsonModeWithoutInstruction
        | Error::RequiresApiKey { .. }
        | Error::NoAuthResolver { .. }
        | Error::NoAuthData { .. }
        | Error::AdapterNotSupported { .. }
        | Error::AdapterKindMismatch { .. } => error_type::INVALID_REQUEST.into(),
        // Such as an error that the provider reports inside an answer.
        _ => error_type::OTHER.into(),
    }
}

fn of_call(error: &webc::Error) -> &'static str {
    match error {
        webc::Error::Reqwest(error) => of_request(error),
        webc::Error::ResponseFailedNotJson { .. }
        | webc::Error::ResponseFailedInvalidJson { .. }
        | webc::Error::JsonValueExt(_) => error_type::INVALID_RESPONSE,
        webc::Error::ResponseFailedStatus { .. } => error_type::OTHER,
    }
}

fn of_request(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        error_type::TIMEOUT
    } else if error.is_connect() {
        error_type::CONNECT
    } else {
        error_type::TRANSPORT
    }
}

/// The client puts the errors of a stream into a box.
fn of_stream(error: &(dyn error::Error + Send + Sync + 'static)) -> Cow<'static, str> {
    if let Some(error) = error.downcast_ref::<Error>() {
        return type_of(error);
    }
    if error.is::<webc::StreamTimeout>() {
        return error_type::TIMEOUT.into();
    }
    error.downcast_ref().map_or(error_type::TRANSPORT, of_request).into()
}
