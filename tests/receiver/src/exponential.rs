use std::collections::BTreeMap;

/// The buckets of an exponential histogram.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exponential {
    /// The scale: the base of the limits is `2^(2^-scale)`.
    pub scale: i32,
    /// The number of values that count as zero.
    pub zeros: u64,
    /// Values up to this distance from zero count as zero.
    pub zero_threshold: f64,
    /// The counts of the positive values by the index of their bucket, without empty buckets.
    pub positive: BTreeMap<i32, u64>,
    /// The counts of the negative values.
    pub negative: BTreeMap<i32, u64>,
}

/// Counts by their index. The first one has the index `offset`.
pub fn indexed(offset: i32, counts: impl IntoIterator<Item = u64>) -> BTreeMap<i32, u64> {
    (offset..).zip(counts).filter(|(_, count)| *count > 0).collect()
}

impl Exponential {
    /// The same values at a scale that is not larger.
    #[must_use]
    pub fn at(&self, scale: i32) -> Self {
        let less = self.scale - scale;
        let lowered = |counts: &BTreeMap<i32, u64>| {
            let mut lowered = BTreeMap::new();
            for (index, count) in counts {
                *lowered.entry(index >> less).or_default() += count;
            }
            lowered
        };
        let (positive, negative) = (lowered(&self.positive), lowered(&self.negative));
        Self { scale, positive, negative, ..*self }
    }

    /// The values of both, at the smaller scale.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.min(other.scale);
        let (mut sum, other) = (self.at(scale), other.at(scale));
        sum.zeros += other.zeros;
        for (counts, more) in
            [(&mut sum.positive, other.positive), (&mut sum.negative, other.negative)]
        {
            for (index, count) in more {
                *counts.entry(index).or_default() += count;
            }
        }
        sum
    }
}
