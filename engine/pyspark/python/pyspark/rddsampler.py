"""Sampling with a seed of each partition's own, so that a re-run task draws the same."""

import math
import random

# What sys.maxsize is where Spark runs.
MAXSIZE = (1 << 63) - 1


class RDDSamplerBase:
    def __init__(self, withReplacement, seed=None):
        self._seed = seed if seed is not None else random.randint(0, MAXSIZE)
        self._withReplacement = withReplacement
        self._random = None

    def initRandomGenerator(self, split):
        self._random = random.Random(self._seed ^ split)
        # The seeds of neighbours are close to each other: mix.
        for _ in range(10):
            self._random.randint(0, 1)

    def getUniformSample(self):
        return self._random.random()

    def getPoissonSample(self, mean):
        if mean < 20.0:
            limit = math.exp(-mean)
            product = self._random.random()
            count = 0
            while product > limit:
                count += 1
                product *= self._random.random()
            return count
        total = self._random.expovariate(mean)
        count = 0
        while total < 1.0:
            count += 1
            total += self._random.expovariate(mean)
        return count


class RDDSampler(RDDSamplerBase):
    def __init__(self, withReplacement, fraction, seed=None):
        super().__init__(withReplacement, seed)
        self._fraction = fraction

    def func(self, split, iterator):
        self.initRandomGenerator(split)
        if self._withReplacement:
            for item in iterator:
                # Each element comes as often as Poisson says.
                for _ in range(self.getPoissonSample(self._fraction)):
                    yield item
        else:
            for item in iterator:
                if self.getUniformSample() < self._fraction:
                    yield item


class RDDRangeSampler(RDDSamplerBase):
    def __init__(self, lowerBound, upperBound, seed=None):
        super().__init__(False, seed)
        self._lowerBound = lowerBound
        self._upperBound = upperBound

    def func(self, split, iterator):
        self.initRandomGenerator(split)
        for item in iterator:
            if self._lowerBound <= self.getUniformSample() < self._upperBound:
                yield item


class RDDStratifiedSampler(RDDSamplerBase):
    def __init__(self, withReplacement, fractions, seed=None):
        super().__init__(withReplacement, seed)
        self._fractions = fractions

    def func(self, split, iterator):
        self.initRandomGenerator(split)
        for key, value in iterator:
            if self._withReplacement:
                for _ in range(self.getPoissonSample(self._fractions[key])):
                    yield key, value
            elif self.getUniformSample() < self._fractions[key]:
                yield key, value
