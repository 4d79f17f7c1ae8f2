//! The limits of a histogram's buckets, as the label `le` has them.

/// The boundaries nearest to a limit that no bucket has, as a text; `None` if a bucket has it.
pub(super) fn missing_limit(boundaries: &[f64], limit: &str) -> Option<String> {
    let number = match limit {
        "+Inf" | "Inf" => return None,
        text => text.parse::<f64>().ok(),
    };
    if number.is_some_and(|number| boundaries.contains(&number)) {
        return None;
    }
    let mut near: Vec<f64> = boundaries.to_vec();
    if let Some(number) = number.filter(|number| number.is_finite()) {
        near.sort_by(|a, b| (a - number).abs().total_cmp(&(b - number).abs()));
        near.truncate(2);
        near.sort_by(f64::total_cmp);
    } else {
        near.truncate(5);
    }
    Some(near.iter().map(f64::to_string).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_compared_as_numbers() {
        let boundaries = [0.1, 0.5, 1.0, 10.0];
        for limit in ["0.1", "1", "1.0", "1e1", "+Inf"] {
            assert_eq!(missing_limit(&boundaries, limit), None, "{limit}");
        }
        assert_eq!(missing_limit(&boundaries, "0.3").as_deref(), Some("0.1, 0.5"));
        assert_eq!(missing_limit(&boundaries, "99").as_deref(), Some("1, 10"));
        assert_eq!(missing_limit(&boundaries, "fast").as_deref(), Some("0.1, 0.5, 1, 10"));
        assert_eq!(missing_limit(&[], "NaN").as_deref(), Some(""));
    }
}
