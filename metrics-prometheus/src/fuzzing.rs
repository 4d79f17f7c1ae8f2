//! The server without connections, for the targets in `fuzz/`.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, request};
use http_body_util::BodyExt;
use tokio::runtime::{Builder, Runtime};

use crate::login::Login;
use crate::scrape::scraper::Scraper;
use crate::server::host::{self, Hosts};
use crate::server::site::Site;
use crate::settings::Settings;

/// Answers requests, as a server on loopback does.
#[derive(Debug)]
pub struct Server {
    site: Site,
    runtime: Runtime,
}

impl Server {
    /// A server that requires this user and this password, if they are given, and allows this
    /// name in `Host`.
    pub fn new(login: Option<(&str, &str)>, host: &str) -> Self {
        let site = Site {
            scraper: Arc::new(Scraper::new(Settings::default())),
            has_page: true,
            hosts: Hosts::Local(vec![host.to_owned()]),
            login: login.map(|(user, password)| Login::new(user, password)),
        };
        let runtime = Builder::new_current_thread().build().expect("the runtime starts");
        Self { site, runtime }
    }

    /// The answer to a request.
    pub fn answer(&self, request: &request::Parts) -> Response<Bytes> {
        self.runtime.block_on(async {
            let (parts, body) = self.site.answer(request).await.into_parts();
            let body = body.collect().await.unwrap_or_else(|never| match never {});
            Response::from_parts(parts, body.to_bytes())
        })
    }
}

/// The name that `allow_host` allows, or the message that refuses the name.
pub fn allowed_host(text: &str) -> Result<String, String> {
    host::name(text)
}
