//! Until when an exchange lasts.

use crate::exchange::{Exchange, Running};
use crate::response_body::ResponseBody;

/// Until when a request lasts: [`UntilEnd`] or [`UntilHead`].
pub trait Until<B, X: Exchange>: Copy {
    /// The body of the response.
    type Body;

    /// Whether the exchange goes on after the head.
    const GOES_ON: bool;

    /// The body of the response, which ends what is still running.
    fn body(body: B, running: Option<Running<X>>) -> Self::Body;
}

/// A request lasts until the end of its response, which gets a [`ResponseBody`].
#[derive(Debug, Clone, Copy, Default)]
pub struct UntilEnd;

impl<B, X: Exchange> Until<B, X> for UntilEnd {
    type Body = ResponseBody<B, X>;

    const GOES_ON: bool = true;

    #[inline]
    fn body(body: B, running: Option<Running<X>>) -> ResponseBody<B, X> {
        ResponseBody::new(body, running)
    }
}

/// A request lasts until the head of its response, whose body stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct UntilHead;

impl<B, X: Exchange> Until<B, X> for UntilHead {
    type Body = B;

    const GOES_ON: bool = false;

    #[inline]
    fn body(body: B, _: Option<Running<X>>) -> B {
        body
    }
}
