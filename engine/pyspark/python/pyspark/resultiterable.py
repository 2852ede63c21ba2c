"""The values of one key, as groupByKey and cogroup give them."""

from collections.abc import Iterable

__all__ = ["ResultIterable"]


class ResultIterable(Iterable):
    def __init__(self, data):
        self.data = data
        self.index = 0
        self.maxindex = len(data)

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)
