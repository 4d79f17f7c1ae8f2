//! The files of the page, which are part of the program.

/// A file of the page.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The value of `Content-Type`.
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static [u8],
    /// The other headers.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

/// The page may load files of its own server only, and may not turn text into markup: the browser
/// refuses inline scripts and styles, frames, forms, and every use of `innerHTML`.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The headers of every file. The files change with the program, and the next program may serve at
/// the same address, so the browser asks again each time.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-cache"),
];

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// `assets! { PATH: TYPE = FILE }`: the path of a request, and the file that answers it.
macro_rules! assets {
    ($($path:literal: $content_type:ident = $file:literal;)*) => {
        /// The paths of all files.
        #[cfg(test)]
        const PATHS: &[&str] = &[$($path),*];

        /// The file at the path of a request; `None` if the page has no such file.
        pub(crate) fn get(path: &str) -> Option<Asset> {
            let (content_type, body): (_, &[u8]) = match path {
                $($path => ($content_type, include_bytes!(concat!("assets/", $file))),)*
                _ => return None,
            };
            Some(Asset { content_type, body, headers: HEADERS })
        }
    };
}

assets! {
    "/": HTML = "index.html";
    "/page/page.css": CSS = "page.css";
    "/page/icon.svg": SVG = "icon.svg";
    "/page/axis.js": JS = "axis.js";
    "/page/chart.js": JS = "chart.js";
    "/page/details.js": JS = "details.js";
    "/page/dom.js": JS = "dom.js";
    "/page/feed.js": JS = "feed.js";
    "/page/filter.js": JS = "filter.js";
    "/page/heatmap.js": JS = "heatmap.js";
    "/page/history.js": JS = "history.js";
    "/page/keys.js": JS = "keys.js";
    "/page/labels.js": JS = "labels.js";
    "/page/list.js": JS = "list.js";
    "/page/main.js": JS = "main.js";
    "/page/metric.js": JS = "metric.js";
    "/page/quantiles.js": JS = "quantiles.js";
    "/page/row.js": JS = "row.js";
    "/page/theme.js": JS = "theme.js";
    "/page/units.js": JS = "units.js";
    "/page/view.js": JS = "view.js";
    "/page/uplot.css": CSS = "uplot-1.6.32/uPlot.min.css";
    "/page/uplot.js": JS = "uplot-1.6.32/uPlot.iife.min.js";
}
