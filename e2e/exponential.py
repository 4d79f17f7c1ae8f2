"""Exponential histograms: the buckets of values, and those that receivers show."""

import math
from collections import Counter

MAX_SIZE = 160
MAX_SCALE = 20


class Buckets:
    """The counts of zeros and of positive values. Bucket `i` ends at `2^((i + 1) / 2^scale)`."""

    def __init__(self, scale, zeros, counts):
        self.scale, self.zeros = scale, zeros
        self.counts = Counter({index: count for index, count in counts.items() if count})

    @classmethod
    def of_values(cls, values):
        """The buckets of pairs of a value and its count, at the largest scale that fits."""
        positive = [(math.log2(value), count) for value, count in values if value > 0]
        zeros = sum(count for value, count in values if value == 0)
        for scale in range(MAX_SCALE, -11, -1):
            counts = Counter()
            for logarithm, count in positive:
                counts[math.ceil(logarithm * 2**scale) - 1] += count
            if not counts or max(counts) - min(counts) < MAX_SIZE:
                return cls(scale, zeros, counts)

    @classmethod
    def of_limits(cls, zeros, limits):
        """The buckets of triples of a lower limit, an upper limit and a count."""
        scale = MAX_SCALE
        if limits:
            lower, upper, _ = limits[0]
            scale = -round(math.log2(math.log2(upper) - math.log2(lower)))
        counts = {round(math.log2(upper) * 2**scale) - 1: count for _, upper, count in limits}
        return cls(scale, zeros, counts)

    def __add__(self, other):
        scale = min(self.scale, other.scale)
        counts = Counter()
        for one in (self, other):
            for index, count in one.counts.items():
                counts[index >> (one.scale - scale)] += count
        return Buckets(scale, self.zeros + other.zeros, counts)

    def ranges(self):
        """The counts by limits, as VictoriaMetrics writes them."""
        limit = lambda index: 2 ** (index / 2**self.scale)
        ranges = {written(limit(i), limit(i + 1)): count for i, count in self.counts.items()}
        return {**ranges, written(0, 0): self.zeros} if self.zeros else ranges


def written(lower, upper):
    return f"{lower:.3e}...{upper:.3e}"
