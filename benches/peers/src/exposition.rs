//! Reads the Prometheus text format, in which most crates report.

/// The sum of all samples of this name.
pub fn sum(exposition: &str, name: &str) -> f64 {
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ')?;
        let found = series.split('{').next()?;
        (found == name).then(|| value.parse::<f64>().expect("a sample is a number"))
    };
    exposition.lines().filter(|line| !line.starts_with('#')).filter_map(sample).sum()
}
