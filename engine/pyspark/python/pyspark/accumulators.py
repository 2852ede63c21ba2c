"""Accumulators: tasks add, the driver reads."""

from pyspark.errors.exceptions.base import PySparkRuntimeError

__all__ = ["Accumulator", "AccumulatorParam"]

# By id; on the driver all that live, in a task those it has met.
_registry = {}


def _deserialize_accumulator(aid, zero_value, accum_param):
    """A task meets an accumulator: its own share starts at zero."""
    known = _registry.get(aid)
    if known is not None:
        return known
    accum = Accumulator(aid, zero_value, accum_param)
    accum._deserialized = True
    _registry[aid] = accum
    return accum


class Accumulator:
    def __init__(self, aid, value, accum_param):
        self.aid = aid
        self.accum_param = accum_param
        self._value = value
        self._deserialized = False
        _registry[aid] = self

    def __class_getitem__(cls, _):
        return cls

    def __reduce__(self):
        return _deserialize_accumulator, (self.aid, self.accum_param.zero(self._value), self.accum_param)

    @property
    def value(self):
        if self._deserialized:
            raise PySparkRuntimeError(errorClass="VALUE_NOT_ACCESSIBLE", messageParameters={"value": "Accumulator.value"})
        return self._value

    @value.setter
    def value(self, value):
        if self._deserialized:
            raise PySparkRuntimeError(errorClass="VALUE_NOT_ACCESSIBLE", messageParameters={"value": "Accumulator.value"})
        self._value = value

    def add(self, term):
        self._value = self.accum_param.addInPlace(self._value, term)

    def __iadd__(self, term):
        self.add(term)
        return self

    def __str__(self):
        return str(self._value)

    def __repr__(self):
        return f"Accumulator<id={self.aid}, value={self._value}>"


class AccumulatorParam:
    """How values of a type are added; subclass it for your own types."""

    def zero(self, value):
        raise NotImplementedError

    def addInPlace(self, value1, value2):
        raise NotImplementedError


class AddingAccumulatorParam(AccumulatorParam):
    def __init__(self, zero_value):
        self.zero_value = zero_value

    def zero(self, value):
        return self.zero_value

    def addInPlace(self, value1, value2):
        value1 += value2
        return value1


INT_ACCUMULATOR_PARAM = AddingAccumulatorParam(0)
FLOAT_ACCUMULATOR_PARAM = AddingAccumulatorParam(0.0)
COMPLEX_ACCUMULATOR_PARAM = AddingAccumulatorParam(0.0j)


class SpecialAccumulatorIds:
    SQL_UDF_PROFIER = -1


def begin_task():
    _registry.clear()


def updates():
    """What the task added, as (id, value) pairs."""
    return [(aid, accum._value) for aid, accum in _registry.items()]


def merge(pairs):
    """Adds a task's share on the driver."""
    for aid, value in pairs:
        accum = _registry.get(aid)
        if accum is not None:
            accum += value
