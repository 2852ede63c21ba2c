"""Executor side: a record that no function can use (the fault poisoned-record)."""


class Poisoned:
    """Stands in a record's place; whatever is done with it raises, at the line of the program that does it."""

    __slots__ = ("_kindling_record",)

    def __init__(self, record):
        object.__setattr__(self, "_kindling_record", record)

    def __getattr__(self, name):
        _refuse(self)


def _refuse(self, *_args, **_kwargs):
    raise ValueError(f"poisoned record: {object.__getattribute__(self, '_kindling_record')!r}")


for _name in (
    "abs add aiter and bool bytes call complex contains delitem divmod enter eq float floor floordiv "
    "format ge getitem gt hash iadd index int invert iter le len lshift lt matmul mod mul ne neg next or pos "
    "pow radd rand rdivmod reduce reduce_ex repr reversed rfloordiv rlshift rmod rmul ror round rpow rrshift "
    "rshift rsub rtruediv rxor setitem str sub truediv trunc xor"
).split():
    setattr(Poisoned, f"__{_name}__", _refuse)
