"""Classes of the program itself by value: a bare class first, its contents after, so that it may name itself."""

import abc
import dataclasses
import enum
import types
import uuid
import weakref

from kindling.functions import importable

# One class stays one class however often it travels there and back.
_by_id = weakref.WeakValueDictionary()
_ids = weakref.WeakKeyDictionary()

_UNSHIPPED = {
    "__weakref__", "__dict__", "__module__", "__doc__", "_abc_impl", "__annotate_func__", "__annotations_cache__",
    "__annotate__", "__annotations__", "__static_attributes__", "__firstlineno__", "__classdictcell__", "__slots__",
}


def _identity(cls):
    name = _ids.get(cls)
    if name is None:
        name = _ids[cls] = uuid.uuid4().hex
        _by_id[name] = cls
    return name


def reduce_class(cls):
    if importable(cls, cls.__qualname__):
        return NotImplemented
    if cls is type(None):
        return type, (None,)
    if cls is type(NotImplemented):
        return type, (NotImplemented,)
    if cls is type(...):
        return type, (...,)
    if cls.__module__ == "builtins":
        return _reduce_builtin(cls)
    if isinstance(cls, enum.EnumType):
        members = {name: member.value for name, member in cls.__members__.items()}
        head = {"__module__": cls.__module__, "__qualname__": cls.__qualname__}
        return make_enum, (_identity(cls), type(cls), cls.__name__, cls.__bases__, head, members), _contents(cls, members), None, None, fill_class
    slots = cls.__dict__.get("__slots__")
    head = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    if slots is not None:
        head["__slots__"] = slots
    return make_class, (_identity(cls), type(cls), cls.__name__, cls.__bases__, head), _contents(cls, ()), None, None, fill_class


def _reduce_builtin(cls):
    """Builtin types that have a name only in `types`."""
    for name, value in vars(types).items():
        if value is cls:
            return getattr, (types, name)
    return NotImplemented


def _contents(cls, members):
    slots = cls.__dict__.get("__slots__") or ()
    slots = {slots} if isinstance(slots, str) else set(slots)
    contents = {}
    for name, value in cls.__dict__.items():
        if name in _UNSHIPPED or name in members or name in slots:
            continue
        if isinstance(value, (types.GetSetDescriptorType, types.MemberDescriptorType)):
            continue
        if isinstance(cls, enum.EnumType) and (name.startswith("_") and name.endswith("_") or name == "__new__"):
            continue
        contents[name] = value
    return contents


def make_class(name_of, meta, name, bases, head):
    known = _by_id.get(name_of)
    if known is not None:
        return known
    cls = types.new_class(name, bases, {"metaclass": meta}, lambda scope: scope.update(head))
    _by_id[name_of] = cls
    _ids[cls] = name_of
    cls._kindling_unfilled = True
    return cls


def fill_class(cls, contents):
    if not cls.__dict__.get("_kindling_unfilled"):
        return
    del cls._kindling_unfilled
    for name, value in contents.items():
        setattr(cls, name, value)
    if isinstance(cls, abc.ABCMeta):
        abc.update_abstractmethods(cls)


def make_enum(name_of, meta, name, bases, head, members):
    known = _by_id.get(name_of)
    if known is not None:
        return known
    scope = meta.__prepare__(name, bases)
    for key, value in {**head, **members}.items():
        scope[key] = value
    cls = meta.__new__(meta, name, bases, scope)
    _by_id[name_of] = cls
    _ids[cls] = name_of
    cls._kindling_unfilled = True
    return cls


def _sentinel(name):
    return getattr(dataclasses, name)


REDUCERS = {
    type(dataclasses.MISSING): lambda _: (_sentinel, ("MISSING",)),
    type(dataclasses.KW_ONLY): lambda _: (_sentinel, ("KW_ONLY",)),
    dataclasses._FIELD_BASE: lambda kind: (_sentinel, (kind.name,)),
}
