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
    "/page/colors.css": CSS = "colors.css";
    "/page/details.css": CSS = "details.css";
    "/page/narrow.css": CSS = "narrow.css";
    "/page/page.css": CSS = "page.css";
    "/page/row.css": CSS = "row.css";
    "/page/icon.svg": SVG = "icon.svg";
    "/page/axis.js": JS = "axis.js";
    "/page/chart.js": JS = "chart.js";
    "/page/details.js": JS = "details.js";
    "/page/dom.js": JS = "dom.js";
    "/page/feed.js": JS = "feed.js";
    "/page/filter.js": JS = "filter.js";
    "/page/frame.js": JS = "frame.js";
    "/page/grid.js": JS = "grid.js";
    "/page/heatmap.js": JS = "heatmap.js";
    "/page/history.js": JS = "history.js";
    "/page/keys.js": JS = "keys.js";
    "/page/labels.js": JS = "labels.js";
    "/page/list.js": JS = "list.js";
    "/page/main.js": JS = "main.js";
    "/page/metric.js": JS = "metric.js";
    "/page/quantiles.js": JS = "quantiles.js";
    "/page/readout.js": JS = "readout.js";
    "/page/row.js": JS = "row.js";
    "/page/states.js": JS = "states.js";
    "/page/theme.js": JS = "theme.js";
    "/page/timeline.js": JS = "timeline.js";
    "/page/transitions.js": JS = "transitions.js";
    "/page/units.js": JS = "units.js";
    "/page/view.js": JS = "view.js";
    "/page/uplot.css": CSS = "uplot-1.6.32/uPlot.min.css";
    "/page/uplot.js": JS = "uplot-1.6.32/uPlot.iife.min.js";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn text(path: &str) -> &'static str {
        std::str::from_utf8(get(path).unwrap().body).unwrap()
    }

    fn scripts() -> impl Iterator<Item = &'static str> {
        PATHS.iter().copied().filter(|path| get(path).unwrap().content_type == JS)
    }

    /// What follows each occurrence of `before` in `text`, up to the next quote.
    fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn the_page_loads_its_own_files_only_and_all_of_them_are_served() {
        let html = text("/");
        let loaded = [quoted(html, "src=\""), quoted(html, "href=\"")].concat();
        assert!(loaded.len() >= 5, "{loaded:?}");
        for path in loaded {
            assert!(get(&format!("/{path}")).is_some(), "`{path}` is not served");
        }
        for path in scripts() {
            for import in quoted(text(path), "from \"") {
                let path = import.replacen('.', "/page", 1);
                assert!(get(&path).is_some(), "`{import}` is not served");
            }
        }
    }

    #[test]
    fn every_file_in_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let files: BTreeSet<_> = files
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        let name = |path: &&str| path.strip_prefix("/page/").unwrap_or("index.html").to_owned();
        let served: BTreeSet<_> =
            PATHS.iter().map(name).filter(|name| !name.starts_with("uplot")).collect();
        assert_eq!(files, served);
    }

    #[test]
    fn nothing_is_inline_and_nothing_makes_markup_of_text() {
        let html = text("/");
        for forbidden in ["<style", "style=", " onclick", " onload", "javascript:", "://"] {
            assert!(!html.contains(forbidden), "index.html has `{forbidden}`");
        }
        assert!(html.split("<script").skip(1).all(|script| script.starts_with(" src=")));
        for path in scripts() {
            for forbidden in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
            {
                assert!(!text(path).contains(forbidden), "{path} has `{forbidden}`");
            }
        }
    }

    #[test]
    fn files_are_small_and_have_strict_headers() {
        let mut bytes = 0;
        for path in PATHS {
            let asset = get(path).unwrap();
            bytes += asset.body.len();
            let header = |name: &str| asset.headers.iter().find(|(found, _)| *found == name);
            let policy = header("content-security-policy").unwrap().1;
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(header("x-content-type-options").unwrap().1, "nosniff");
            assert!(!asset.content_type.is_empty());
        }
        assert!(bytes < 170_000, "the page has {bytes} bytes");
        assert!(get("/nothing").is_none());
        assert!(get("/page/../page/main.js").is_none());
    }
}
