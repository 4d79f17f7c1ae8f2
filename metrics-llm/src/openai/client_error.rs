//! The error type of an error that the client returns.

use std::borrow::Cow;

use async_openai::error::OpenAIError;

use super::code;
use crate::error_type;

/// The HTTP status if the server answered with one, the code of an error in a stream, else what went wrong
/// before.
pub(super) fn type_of(error: &OpenAIError) -> Cow<'static, str> {
    match error {
        OpenAIError::ApiError(response) => response.status_code.as_u16().to_string().into(),
        OpenAIError::Reqwest(error) if error.is_timeout() => error_type::TIMEOUT.into(),
        OpenAIError::Reqwest(error) if error.is_connect() => error_type::CONNECT.into(),
        OpenAIError::Reqwest(_) | OpenAIError::StreamError(_) => error_type::TRANSPORT.into(),
        // Errors within a stream are no items of it, so the client cannot read them.
        OpenAIError::JSONDeserialize(_, text) => {
            code::of_error(text).unwrap_or(error_type::INVALID_RESPONSE).into()
        }
        OpenAIError::InvalidArgument(_) => error_type::INVALID_REQUEST.into(),
        _ => error_type::OTHER.into(),
    }
}
