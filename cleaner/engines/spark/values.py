"""Calls and their results as JSON: what travels between the driver of Spark and its tasks.

A call is the name of a function of this package and values; nothing else is sent, no code and no
pickled object. Values are those that stages are called with: numbers, texts, bytes, paths, sequences,
mappings, sets, and the package's own dataclasses and named tuples, which are named and made again from
their fields.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from math import isfinite
from pathlib import Path, PurePath
from typing import Any, Final

import cleaner.errors
from cleaner.errors import CleanerError, UsageError

PACKAGE: Final = "cleaner"
"""Only what is in this package is called, or made from values."""
_KIND: Final = "@"
"""The member that says what an object stands for."""


def dumps(value: Any) -> str:
    """Write a value as JSON.

    >>> dumps((1, Path("a")))
    '{"@":"tuple","of":[1,{"@":"path","of":"a"}]}'
    """
    return json.dumps(plain(value), separators=(",", ":"))


def loads(text: str) -> Any:
    """Read a value that `dumps` has written.

    >>> loads(dumps({"a": frozenset([1]), "b": float("inf")}))
    {'a': frozenset({1}), 'b': inf}
    """
    return value_of(json.loads(text))


def name_of(thing: Callable[..., Any] | type) -> str:
    """Return the name of a function or class of this package.

    >>> name_of(dumps)
    'cleaner.engines.spark.values:dumps'
    """
    name = f"{thing.__module__}:{thing.__qualname__}"
    if thing_named(name) is not thing:
        message = f"{name} is not found under its name, so that no other process can use it"
        raise TypeError(message)
    return name


@cache
def thing_named(name: str) -> Any:
    """Return the function or class of a name; it must be one of this package."""
    module, _, inner = name.partition(":")
    if module.partition(".")[0] != PACKAGE:
        message = f"{name} is no part of {PACKAGE}"
        raise TypeError(message)
    thing: Any = import_module(module)
    for part in inner.split("."):
        thing = getattr(thing, part)
    return thing


_AS_IS: Final = frozenset({type(None), bool, int, str})
"""What JSON has of its own: most of what there is, so that it is asked for first."""

_NAMES: Final = frozenset({str})


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _all_plain(values: Iterable[Any]) -> list[Any]:
    return [value if type(value) in _AS_IS else plain(value) for value in values]


def plain(value: Any) -> Any:
    """Return a value as values that JSON has.

    >>> plain({"a": {1}})
    {'a': {'@': 'set', 'of': [1]}}
    """
    if type(value) in _AS_IS:
        return value
    if isinstance(value, list):
        return _all_plain(value)
    if type(value) is dict and _KIND not in value and _NAMES.issuperset(map(type, value)):
        return dict(zip(value, _all_plain(value.values()), strict=True))
    if type(value) is tuple:
        return {_KIND: "tuple", "of": _all_plain(value)}
    if is_dataclass(value):
        names = _fields_of(value.__class__)
        return {_KIND: name_of(value.__class__), "of": _all_plain(getattr(value, name) for name in names)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {_KIND: name_of(type(value)), "of": _all_plain(value)}
    if isinstance(value, float):
        return value if isfinite(value) else {_KIND: "float", "of": repr(value)}
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return {_KIND: "bytes", "of": b64encode(value).decode("ascii")}
    if isinstance(value, PurePath):
        return {_KIND: "path", "of": str(value)}
    if isinstance(value, Mapping):
        kind = "counter" if isinstance(value, Counter) else "dict"
        return {_KIND: kind, "of": [_all_plain(pair) for pair in value.items()]}
    for name, kind in _SEQUENCES.items():
        if isinstance(value, kind):
            return {_KIND: name, "of": _all_plain(value)}
    message = f"a {type(value).__name__} cannot be sent to a task"
    raise TypeError(message)


_SEQUENCES: Final[dict[str, Any]] = {"tuple": tuple, "frozenset": frozenset, "set": set}
_MAPPINGS: Final[dict[str, Any]] = {"dict": dict, "counter": Counter}


def _values(found: Iterable[Any]) -> list[Any]:
    return [item if type(item) in _AS_IS else value_of(item) for item in found]


def value_of(found: Any) -> Any:
    """Return what `plain` was given.

    >>> value_of(plain((1, {"a": {1}})))
    (1, {'a': {1}})
    """
    if isinstance(found, list):
        return _values(found)
    if not isinstance(found, dict):
        return found
    if _KIND not in found:
        return dict(zip(found, _values(found.values()), strict=True))
    kind, of = found[_KIND], found["of"]
    if kind == "path":
        return Path(of)
    if kind == "bytes":
        return b64decode(of)
    if kind == "float":
        return float(of)
    if kind in _MAPPINGS:
        return _MAPPINGS[kind](dict(map(_values, of)))
    items = _values(of)
    if kind in _SEQUENCES:
        return _SEQUENCES[kind](items)
    made: Callable[..., Any] = thing_named(kind)
    if is_dataclass(made):
        build: Any = made
        return build(**dict(zip(_fields_of(build), items, strict=True)))
    return made(*items)


def failure(error: CleanerError) -> str:
    """Return an error of ours as what a task answers with."""
    known = next(kind for kind in type(error).__mro__ if getattr(cleaner.errors, kind.__name__, None) is kind)
    return json.dumps({"error": known.__name__, "message": str(error)})


def answer(text: str) -> Any:
    """Return the value of an answer, or raise the error that it states."""
    plain = json.loads(text)
    if isinstance(plain, dict) and "error" in plain:
        kind: Any = getattr(cleaner.errors, plain["error"], UsageError)
        raise kind(plain["message"])
    return value_of(plain)
