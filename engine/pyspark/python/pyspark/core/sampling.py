"""Samples of an RDD."""

import random
from math import log, sqrt

from pyspark.rddsampler import MAXSIZE, RDDRangeSampler, RDDSampler, RDDStratifiedSampler


class Sampling:
    def sample(self, withReplacement, fraction=None, seed=None):
        if not fraction >= 0:
            raise ValueError("Fraction must be nonnegative.")
        return self.mapPartitionsWithIndex(RDDSampler(withReplacement, fraction, seed).func, True)

    def sampleByKey(self, withReplacement, fractions, seed=None):
        for fraction in fractions.values():
            if fraction < 0.0:
                raise ValueError(f"Negative fraction value {fraction}")
        return self.mapPartitionsWithIndex(RDDStratifiedSampler(withReplacement, fractions, seed).func, True)

    def randomSplit(self, weights, seed=None):
        if not all(w >= 0 for w in weights):
            raise ValueError("Weights must be nonnegative")
        s = float(sum(weights))
        if not s > 0:
            raise ValueError("Sum of weights must be positive")
        cweights = [0.0]
        for w in weights:
            cweights.append(cweights[-1] + w / s)
        if seed is None:
            seed = random.randint(0, 2**32 - 1)
        return [
            self.mapPartitionsWithIndex(RDDRangeSampler(lb, ub, seed).func, True)
            for lb, ub in zip(cweights, cweights[1:])
        ]

    def takeSample(self, withReplacement, num, seed=None):
        numStDev = 10.0
        if num < 0:
            raise ValueError("Sample size cannot be negative.")
        if num == 0:
            return []
        initialCount = self.count()
        if initialCount == 0:
            return []
        rand = random.Random(seed)
        if not withReplacement and num >= initialCount:
            samples = self.collect()
            rand.shuffle(samples)
            return samples
        maxSampleSize = MAXSIZE - int(numStDev * sqrt(MAXSIZE))
        if num > maxSampleSize:
            raise ValueError("Sample size cannot be greater than %d." % maxSampleSize)
        fraction = _fraction(num, initialCount, withReplacement)
        samples = self.sample(withReplacement, fraction, seed).collect()
        # Rarely too few: draw again with another seed.
        while len(samples) < num:
            seed = rand.randint(0, MAXSIZE)
            samples = self.sample(withReplacement, fraction, seed).collect()
        rand.shuffle(samples)
        return samples[0:num]


def _fraction(sampleSizeLowerBound, total, withReplacement):
    """A rate that gives at least so many elements 9,999 times of 10,000."""
    fraction = float(sampleSizeLowerBound) / total
    if withReplacement:
        numStDev = 9 if sampleSizeLowerBound < 12 else 5
        return fraction + numStDev * sqrt(fraction / total)
    delta = 0.00005
    gamma = -log(delta) / total
    return min(1, fraction + gamma + sqrt(gamma * gamma + 2 * gamma * fraction))
