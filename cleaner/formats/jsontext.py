"""JSON as the corpus needs it: orjson's speed, and lone surrogates survive.

orjson refuses lone surrogates (both ways); the standard library accepts them, so it is the way
out for the rare line that holds one.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_LONGEST = 640
"""Digits of an integer that Python converts under any limit that can be set."""


def loads(data: bytes) -> Any:
    r"""Parse one JSON value; ValueError when it is none.

    >>> loads(b'{"a": "\\ud800"}')
    {'a': '\ud800'}
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        if b"\\u" not in data and b"\\U" not in data:
            raise
        return json.loads(data.decode("utf-8"), parse_constant=_refuse)


def loads_any(data: bytes) -> Any:
    r"""Parse what parsers in use take for JSON: also `NaN`, `Infinity`, and numbers of any length.

    >>> loads_any(b'{"a": NaN, "n": 1}')
    {'a': nan, 'n': 1}
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data.decode("utf-8"), parse_int=_integer)


def _integer(digits: str) -> int | str:
    """Read an integer, one that is too long for Python to convert as its digits."""
    return int(digits) if len(digits) <= _LONGEST else digits


def dumps(value: Any) -> bytes:
    r"""Write one JSON value as compact UTF-8; a value with a lone surrogate is written in ASCII escapes.

    >>> dumps({"a": "é"}), dumps("\ud800")
    (b'{"a":"\xc3\xa9"}', b'"\\ud800"')
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def dump_ascii(text: str) -> bytes:
    r"""Write a string as Python's json does by default: everything outside ASCII escaped.

    >>> dump_ascii("é")
    b'"\\u00e9"'
    """
    return json.dumps(text).encode("ascii")


def pretty(value: Any) -> bytes:
    r"""Write one JSON value for people: sorted keys, indented, with a final newline.

    >>> pretty({"b": 1, "a": []}).decode()
    '{\n  "a": [],\n  "b": 1\n}\n'
    """
    try:
        return orjson.dumps(
            value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        )
    except orjson.JSONEncodeError:  # a name that is not UTF-8
        return json.dumps(value, indent=2, sort_keys=True).encode("ascii") + b"\n"


def _refuse(name: str) -> Any:
    message = f"{name} is not JSON"
    raise ValueError(message)
