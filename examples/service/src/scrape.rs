//! The numbers at `/metrics`, in Prometheus' text format.

use std::collections::BTreeMap;

use crate::Error;

/// The name and the labels of a series.
type Series = (String, BTreeMap<String, String>);

/// One scrape.
#[derive(Debug, Clone)]
pub struct Scrape(Vec<(Series, f64)>);

impl Scrape {
    /// Scrapes the metrics at `url`.
    ///
    /// # Errors
    /// If nobody answers, or the answer is no scrape.
    pub async fn get(url: &str) -> Result<Self, Error> {
        let failed = |error| format!("no metrics at {url}: {error}");
        let answer = reqwest::get(url).await.and_then(reqwest::Response::error_for_status);
        Self::read(&answer.map_err(failed)?.text().await.map_err(failed)?)
    }

    /// Reads a scrape.
    ///
    /// # Errors
    /// If a line is no sample.
    pub fn read(text: &str) -> Result<Self, Error> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let samples = lines.map(|line| {
            let no_sample = || format!("`{line}` is no sample in Prometheus' text format");
            let (series, value) = line.rsplit_once(' ').ok_or_else(no_sample)?;
            Ok((split(series)?, value.parse().map_err(|_| no_sample())?))
        });
        samples.collect::<Result<_, Error>>().map(Self)
    }

    /// The sum of the series with this name and these labels, `name{label="value"}`. An empty label
    /// is an absent one, and other labels are added up.
    ///
    /// # Errors
    /// If `wanted` is no series.
    pub fn sum(&self, wanted: &str) -> Result<f64, Error> {
        let (name, labels) = split(wanted)?;
        let has = |series: &Series, label: &str, value: &str| {
            series.1.get(label).map_or("", String::as_str) == value
        };
        let fits = |series: &Series| {
            series.0 == name && labels.iter().all(|(label, value)| has(series, label, value))
        };
        Ok(self.0.iter().filter(|(series, _)| fits(series)).map(|(_, value)| value).sum())
    }
}

/// The name and the labels of `name{a="1",b="2"}`.
fn split(series: &str) -> Result<Series, Error> {
    let Some((name, labels)) = series.split_once('{') else {
        return Ok((series.to_owned(), BTreeMap::new()));
    };
    let no_series = || format!("`{series}` is no series");
    let labels = labels.strip_suffix("\"}").ok_or_else(no_series)?.split("\",");
    let pair = |label: &str| {
        let (label, value) = label.split_once("=\"").ok_or_else(no_series)?;
        Ok((label.to_owned(), value.to_owned()))
    };
    Ok((name.to_owned(), labels.map(pair).collect::<Result<_, String>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_added_up_and_an_empty_label_is_an_absent_one() {
        let text = "# HELP hits Hits.\n# TYPE hits counter\nhits{route=\"/a\",status=\"200\"} 2\n\
                    hits{route=\"/a\",status=\"404\"} 3\nhits{status=\"404\"} 5\nup 1\n";
        let scrape = Scrape::read(text).unwrap();
        for (series, sum) in [
            ("hits", 10.0),
            ("hits{route=\"/a\"}", 5.0),
            ("hits{route=\"\"}", 5.0),
            ("hits{route=\"/a\",status=\"404\"}", 3.0),
            ("hits{status=\"500\"}", 0.0),
            ("up", 1.0),
        ] {
            assert_eq!(scrape.sum(series).unwrap(), sum, "{series}");
        }
    }

    #[test]
    fn a_page_that_is_no_scrape_is_refused() {
        assert!(Scrape::read("<html>\n<title>Not found</title>").is_err());
    }
}
