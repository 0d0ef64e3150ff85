"""Read untrusted YAML: strictly, with positions, and at a bounded cost.

Only plain YAML 1.2 is accepted: no anchors, aliases, merge keys, tags, directives or second documents,
no duplicate keys. Size is checked before parsing, depth while the events arrive, so hostile input is
refused at once (an 8.5 KB merge bomb takes a usual loader over 20 s). Scalars follow the core
schema: `no` is a string, `1` a number, quoted scalars are always strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from cleaner.engines.lazy import regex
from cleaner.rules.faults import Fault
from cleaner.rules.files.folders import MAX_BYTES

MAX_DEPTH = 24
MAX_NODES = 20_000

Path: TypeAlias = tuple[str | int, ...]
Mark: TypeAlias = tuple[int, int]
"""Line and column, from 0."""

_NULL = regex(r"~|null|Null|NULL|")
_TRUE = regex(r"true|True|TRUE")
_FALSE = regex(r"false|False|FALSE")
_INT = regex(r"[-+]?[0-9]{1,18}")
_FLOAT = regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_TOO_DEEP = regex(rf"(?:[\[{{]\s*){{{MAX_DEPTH + 1}}}")
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(slots=True)
class Source:
    """One YAML file: its data, and where each value and key of it stands."""

    file: str
    lines: list[str]
    data: Any = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault_at(self, mark: Mark, code: str, message: str) -> Fault:
        """Make a fault at a place of this file."""
        line = self.lines[mark[0]] if mark[0] < len(self.lines) else ""
        return Fault(self.file, mark[0] + 1, mark[1] + 1, code, message, line)

    def fault(self, path: Path, code: str, message: str, *, key: bool = False) -> Fault:
        """Make a fault at the value (or the key) of `path`, or at its nearest known parent."""
        for end in range(len(path), -1, -1):
            marks = self.keys if key and path[:end] in self.keys else self.values
            if path[:end] in marks:
                return self.fault_at(marks[path[:end]], code, message)
        return self.fault_at((0, 0), code, message)

    def line(self, path: Path) -> int:
        """Return the line of a value, from 1."""
        return self.values.get(path, (0, 0))[0] + 1


class _RefusedError(Exception):
    """Parsing cannot go on."""

    def __init__(self, mark: Mark, code: str, message: str) -> None:
        super().__init__(message)
        self.mark, self.code, self.message = mark, code, message


def parse(file: str, content: bytes) -> Source:
    """Parse one file; what is wrong with it is in `faults`, and `data` is then None or partial.

    >>> parse("a.yaml", b"a: [1, no]").data
    {'a': [1, 'no']}
    >>> print(parse("a.yaml", b"a: &x 1").faults[0])
    a.yaml:1:4: anchor: anchors, aliases and merge keys are refused: write the value out
        a: &x 1
           ^
    """
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES} bytes"
        return Source(file, [], faults=[Fault(file, 1, 1, "too-large", message)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"not UTF-8: byte 0x{content[error.start]:02x}"
        return Source(file, [], faults=[Fault(file, line, column, "not-utf8", message)])
    source = Source(file, re.split("\r\n|[\n\r\u2028\u2029\u0085]", text))
    try:
        _refuse_brackets(text)
        source.data = _Builder(source).document(text)
    except _RefusedError as refusal:
        source.faults.append(source.fault_at(refusal.mark, refusal.code, refusal.message))
    except ReaderError as error:
        before = text[: error.position]
        mark = (before.count("\n"), error.position - before.rfind("\n") - 1)
        source.faults.append(source.fault_at(mark, "yaml-syntax", "this character is not allowed in YAML"))
    except MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = (place.line, place.column) if place else (0, 0)
        source.faults.append(source.fault_at(mark, "yaml-syntax", _one_line(error)))
    except YAMLError as error:
        source.faults.append(source.fault_at((0, 0), "yaml-syntax", str(error).splitlines()[0]))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError) as error:
        # ruamel raises these on a few malformed escapes, directives and tags instead of its own errors.
        source.faults.append(source.fault_at((0, 0), "yaml-syntax", f"not YAML: {error}"))
    return source


def _refuse_brackets(text: str) -> None:
    """Refuse a run of opening brackets before the parser sees it, which reads far ahead to find their ends."""
    found = _TOO_DEEP.search(text)
    if found:
        mark = (text.count("\n", 0, found.start()), found.start() - text.rfind("\n", 0, found.start()) - 1)
        raise _RefusedError(mark, "too-deep", f"nested deeper than {MAX_DEPTH} levels")


def _one_line(error: MarkedYAMLError) -> str:
    parts = [part.strip() for part in (error.context, error.problem) if part]
    return ", ".join(parts) or "not YAML"


class _Builder:
    """Builds plain values out of parser events, noting where they stand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events: Iterator[Any] = iter(())

    def document(self, text: str) -> Any:
        self.events = iter(YAML(typ="safe", pure=True).parse(text))
        value: Any = None
        documents = 0
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if event.version or event.tags:
                    raise _RefusedError(_mark(event), "directive", "directives (%YAML, %TAG) are refused")
                if documents > 1:
                    raise _RefusedError(_mark(event), "second-document", "one file holds one document")
                value = self.node(next(self.events), ())
        return value

    def node(self, event: Any, path: Path) -> Any:
        kind, mark = type(event).__name__, _mark(event)
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            message = "anchors, aliases and merge keys are refused: write the value out"
            raise _RefusedError(mark, "anchor", message)
        if getattr(event, "tag", None) or getattr(event, "ctag", None):
            raise _RefusedError(
                mark, "tag", "tags are refused: a value is text, a number, true, false or null"
            )
        if len(path) > MAX_DEPTH:
            raise _RefusedError(mark, "too-deep", f"nested deeper than {MAX_DEPTH} levels")
        if len(self.source.values) >= MAX_NODES:
            raise _RefusedError(mark, "too-large", f"more than {MAX_NODES} values")
        self.source.values[path] = mark
        if kind == "ScalarEvent":
            return self.scalar(event, path)
        return self.mapping(path) if kind == "MappingStartEvent" else self.sequence(path)

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self.key(event, path)
            value_event = next(self.events)
            if key in data:
                first = self.source.keys[(*path, key)][0] + 1
                message = f"the key {key!r} is already in line {first}"
                self.source.faults.append(self.source.fault_at(_mark(event), "duplicate-key", message))
                self.node(value_event, (*path, f"{key} (again)"))
                continue
            self.source.keys[(*path, key)] = _mark(event)
            data[key] = self.node(value_event, (*path, key))
        return data

    def key(self, event: Any, path: Path) -> str:
        mark = _mark(event)
        if type(event).__name__ != "ScalarEvent":
            if type(event).__name__ == "AliasEvent":
                self.node(event, path)
            raise _RefusedError(mark, "bad-key", "a key must be text")
        if event.anchor or getattr(event, "tag", None):
            self.node(event, path)
        if event.value == "<<":
            raise _RefusedError(
                mark, "anchor", "anchors, aliases and merge keys are refused: write the value out"
            )
        return str(event.value)

    def scalar(self, event: Any, path: Path) -> Any:
        text = str(event.value)
        control = _CONTROL.search(text)
        if control and "examples" not in path:
            self.source.faults.append(self.control_fault(control.group(), path))
        if event.style or not event.implicit[0]:
            return text
        return _plain(text)

    def control_fault(self, found: str, path: Path) -> Fault:
        if found == "\b":
            message = '"\\b" in double quotes is a backspace: use single quotes for a regex'
            return self.source.fault(path, "backspace", message)
        message = f"control character U+{ord(found):04X}: use single quotes for a regex"
        return self.source.fault(path, "control-character", message)


def _mark(event: Any) -> Mark:
    return event.start_mark.line, event.start_mark.column


def _plain(text: str) -> str | int | float | bool | None:
    """Resolve a plain scalar by the core schema of YAML 1.2.

    >>> [_plain(text) for text in ("no", "~", "true", "0.5", "12", "1e3", "1:30")]
    ['no', None, True, 0.5, 12, 1000.0, '1:30']
    """
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
