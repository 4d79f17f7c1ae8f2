//! The error type of an error that the client returns.

use std::borrow::Cow;

use async_openai::error::OpenAIError;

use super::code;
use crate::error_type;

/// The HTTP status of the response, or the code of an error in a stream, or else a value of
/// [`error_type`].
pub(super) fn type_of(error: &OpenAIError) -> Cow<'static, str> {
    match error {
        OpenAIError::ApiError(response) => response.status_code.as_u16().to_string().into(),
        OpenAIError::Reqwest(error) if error.is_timeout() => error_type::TIMEOUT.into(),
        OpenAIError::Reqwest(error) if error.is_connect() => error_type::CONNECT.into(),
        OpenAIError::Reqwest(_) | OpenAIError::StreamError(_) => error_type::TRANSPORT.into(),
        // The client cannot read an error in a stream, because the error is not an item of the
        // stream.
        OpenAIError::JSONDeserialize(_, text) => {
            code::of_error(text).unwrap_or(error_type::INVALID_RESPONSE).into()
        }
        OpenAIError::InvalidArgument(_) => error_type::INVALID_REQUEST.into(),
        _ => error_type::OTHER.into(),
    }
}
