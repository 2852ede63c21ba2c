"""Functions by value: marshalled code, defaults, closure cells and the globals they name."""

import functools
import importlib
import marshal
import opcode
import sys
import types
from types import CellType, CodeType, FunctionType, ModuleType

from kindling import notes, sources

_GLOBAL_LOADS = {opcode.opmap[name] for name in ("LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME") if name in opcode.opmap}
_LOAD_GLOBAL = opcode.opmap["LOAD_GLOBAL"]
_EXTENDED = opcode.EXTENDED_ARG
_names_of = {}


def importable(obj, name):
    """True when the other side finds the same object by module and name."""
    module = getattr(obj, "__module__", None)
    if module is None or module == "__main__" or module not in sys.modules:
        return False
    found = sys.modules[module]
    try:
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError:
        return False
    return found is obj


def global_names(code):
    """Names of globals that this code, or code nested in it, uses."""
    names = _names_of.get(code)
    if names is None:
        names = {}
        extended = 0
        raw = code.co_code
        for at in range(0, len(raw), 2):
            op, arg = raw[at], raw[at + 1] | extended
            extended = arg << 8 if op == _EXTENDED else 0
            if op in _GLOBAL_LOADS:
                names[code.co_names[arg >> 1 if op == _LOAD_GLOBAL else arg]] = None
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                names.update(global_names(constant))
        if len(_names_of) > 2000:
            _names_of.clear()
        _names_of[code] = names
    return names


def reduce_function(pickler, function):
    if importable(function, function.__qualname__):
        return NotImplemented
    code = function.__code__
    notes.ship(code)
    module = function.__module__
    scope = function.__globals__
    if module and module.partition(".")[0] in ("pyspark", "kindling", "py4j"):
        # Our own nested functions find their module on the other side.
        shared, used = None, None
    else:
        shared = pickler.globals.setdefault(id(scope), {"__name__": scope.get("__name__"), "__file__": scope.get("__file__")})
        used = {name: scope[name] for name in global_names(code) if name in scope}
    cells = function.__closure__
    state = {
        "globals": used,
        "cells": [_cell_contents(cell) for cell in cells] if cells else None,
        "defaults": function.__defaults__,
        "kwdefaults": function.__kwdefaults__,
        "dict": {k: v for k, v in function.__dict__.items()} or None,
        "doc": function.__doc__,
        "imports": _submodules(used, code) if used else None,
        "lines": sources.lines_of(code),
    }
    arguments = (marshal.dumps(code), shared, module, function.__name__, function.__qualname__, len(cells or ()))
    return make_function, arguments, state, None, None, fill_function


class EmptyCell:
    """Stands for a cell that holds nothing yet."""


def _cell_contents(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return EmptyCell


def _submodules(used, code):
    """Names of submodules that the code reaches through a package it names (`import xml.dom.minidom`)."""
    found = []
    names = None
    for value in used.values():
        if isinstance(value, ModuleType) and hasattr(value, "__path__"):
            prefix = value.__name__ + "."
            for name in list(sys.modules):
                if name.startswith(prefix):
                    names = names or _attribute_names(code)
                    if all(part in names for part in name[len(prefix):].split(".")):
                        found.append(name)
    return found or None


def _attribute_names(code):
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _attribute_names(constant)
    return names


def make_function(code, shared, module, name, qualname, cells):
    scope = sys.modules[module].__dict__ if shared is None and module in sys.modules else shared
    if scope is None:
        scope = importlib.import_module(module).__dict__
    scope.setdefault("__builtins__", __builtins__)
    function = FunctionType(_code(code), scope, name, None, tuple(CellType() for _ in range(cells)))
    function.__module__ = module
    function.__qualname__ = qualname
    return function


# Code objects never change, and the tasks of a stage bring the same ones.
_code = functools.lru_cache(maxsize=256)(marshal.loads)


def fill_function(function, state):
    for name in state["imports"] or ():
        importlib.import_module(name)
    if state["globals"]:
        function.__globals__.update(state["globals"])
    for cell, contents in zip(function.__closure__ or (), state["cells"] or ()):
        if contents is not EmptyCell:
            cell.cell_contents = contents
    function.__defaults__ = state["defaults"]
    function.__kwdefaults__ = state["kwdefaults"]
    function.__doc__ = state["doc"]
    if state["dict"]:
        function.__dict__.update(state["dict"])
    sources.remember(function.__code__.co_filename, state["lines"])
    return function


def _load_code(data):
    return marshal.loads(data)


def _make_property(get, put, delete, doc):
    return property(get, put, delete, doc)


def _make_cached(function, parameters):
    return functools.lru_cache(**parameters)(function)


def _reduce_cached(cached):
    if importable(cached, getattr(cached, "__qualname__", "")):
        return NotImplemented
    return _make_cached, (cached.__wrapped__, cached.cache_parameters())


REDUCERS = {
    ModuleType: lambda module: (importlib.import_module, (module.__name__,)),
    CodeType: lambda code: (_load_code, (marshal.dumps(code),)),
    property: lambda made: (_make_property, (made.fget, made.fset, made.fdel, made.__doc__)),
    staticmethod: lambda made: (staticmethod, (made.__func__,)),
    classmethod: lambda made: (classmethod, (made.__func__,)),
    types.MappingProxyType: lambda view: (types.MappingProxyType, (dict(view),)),
    type({}.keys()): lambda view: (list, (list(view),)),
    type({}.values()): lambda view: (list, (list(view),)),
    type({}.items()): lambda view: (list, (list(view),)),
    type(functools.lru_cache(lambda: None)): _reduce_cached,
}
