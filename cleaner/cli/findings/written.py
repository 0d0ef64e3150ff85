"""Findings as other programs read them: lines for people, JSON, annotations for GitHub, SARIF."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import click

from cleaner.cli import printable
from cleaner.cli.findings import Finding

Data: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What findings are about: files by the key of their documents, and descriptions of rules by id.

    `files` are the paths of those documents whose lines are the lines of their file; of other documents, such as
    records, `containers` has the file that they are in, by its key.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    containers: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    def file(self, doc: str) -> tuple[str, bool]:
        """Return the path of the file that a document is in, and whether its lines are that file's lines."""
        if doc in self.files:
            return self.files[doc], True
        if doc in self.containers:
            return self.containers[doc], False
        head = doc.rpartition(":")[0]
        return self.containers.get(head, doc), False


def text(found: Iterable[Finding], about: Surroundings) -> Iterator[str]:
    """Yield one line for each finding: `path:line:col rule message`."""
    for finding in found:
        place = click.style(printable(finding.place), bold=True)
        rule = click.style(finding.rule, fg=_COLOURS[finding.severity])
        yield f"{place} {rule} {finding.message}"


_COLOURS: Final = {"change": "cyan", "info": "blue", "warn": "yellow", "error": "red"}


def as_json(found: Iterable[Finding], about: Surroundings) -> Iterator[str]:
    """Yield one JSON array, a finding a line."""
    yield from _array(map(_data, found), "[", "]")


def _array(values: Iterable[Data], before: str, after: str) -> Iterator[str]:
    """Yield the lines of an array whose values are written as they come."""
    yield before
    last = None
    for value in values:
        if last is not None:
            yield f"{last},"
        last = json.dumps(value, ensure_ascii=True)
    if last is not None:
        yield last
    yield after


def _data(finding: Finding) -> Data:
    kept = finding.kept
    return {
        "doc": finding.doc,
        "line": finding.line or None,
        "column": finding.column or None,
        "end_line": finding.end_line or None,
        "end_column": finding.end_column or None,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "old": finding.old,
        "new": finding.new,
        "repeats": kept
        and {
            "doc": kept.doc,
            "corpus": kept.corpus,
            "line": kept.line,
            "similarity": kept.similarity,
            "kind": kept.kind,
            "differs": list(kept.differs),
        },
    }


def github(found: Iterable[Finding], about: Surroundings) -> Iterator[str]:
    """Yield one annotation of GitHub Actions for each finding."""
    for finding in found:
        path, in_file = about.file(finding.doc)
        given = {"file": printable(path)}
        if in_file and finding.line:
            given |= {"line": str(finding.line), "col": str(finding.column)}
            given |= {"endLine": str(finding.end_line)} if finding.end_line > finding.line else {}
        given["title"] = finding.rule
        properties = ",".join(f"{name}={_escaped(value, in_property=True)}" for name, value in given.items())
        message = finding.message if in_file else f"{printable(finding.place)}: {finding.message}"
        yield f"::{_COMMANDS[finding.severity]} {properties}::{_escaped(message)}"


_COMMANDS: Final = {"change": "warning", "info": "notice", "warn": "warning", "error": "error"}


def _escaped(value: str, *, in_property: bool = False) -> str:
    """Escape what separates the parts of an annotation.

    >>> _escaped("a: 5 %"), _escaped("a:b,c", in_property=True)
    ('a: 5 %25', 'a%3Ab%2Cc')
    """
    value = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return value.replace(":", "%3A").replace(",", "%2C") if in_property else value


SARIF_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final = {"change": "warning", "info": "note", "warn": "warning", "error": "error"}


def sarif(found: Iterable[Finding], about: Surroundings) -> Iterator[str]:
    """Yield a SARIF 2.1.0 log; the rules come last, as results are written as they are found."""
    rules: dict[str, int] = {}
    head = f'{{"$schema": {json.dumps(SARIF_SCHEMA)}, "version": "2.1.0", "runs": [{{'
    head += '"columnKind": "unicodeCodePoints", "results": ['
    yield from _array((_result(finding, about, rules) for finding in found), head, "],")
    listed = [_rule(rule, about) for rule in rules]
    driver = {"name": "clean", "version": version("cleaner"), "rules": listed}
    yield f'"tool": {json.dumps({"driver": driver})}}}]}}'


def _rule(rule: str, about: Surroundings) -> Data:
    described = about.rules.get(rule, "Input that cannot be processed")
    return {
        "id": rule,
        "shortDescription": {"text": described},
        "help": {"text": f"clean explain {rule}"},
    }


def _result(finding: Finding, about: Surroundings, rules: dict[str, int]) -> Data:
    result: Data = {
        "ruleId": finding.rule,
        "ruleIndex": rules.setdefault(finding.rule, len(rules)),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [
            _location(finding.doc, about, finding.line and _region(finding)),
        ],
        "properties": {"severity": finding.severity},
    }
    kept = finding.kept
    if kept and not kept.corpus:
        place = _location(kept.doc, about, kept.line and {"startLine": kept.line})
        message = {"text": f"the kept passage, similarity {kept.similarity:.3f}"}
        result["relatedLocations"] = [place | {"id": 0, "message": message}]
    return result


def _region(finding: Finding) -> Data:
    return {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }


def _location(doc: str, about: Surroundings, region: Data | int | None) -> Data:
    """Return a location: its region only where the lines of a document are those of its file."""
    path, in_file = about.file(doc)
    place: Data = {"artifactLocation": {"uri": _uri(path)}}
    if in_file and region:
        place["region"] = region
    named: Data = {"fullyQualifiedName": printable(doc), "kind": "resource"}
    return {"physicalLocation": place, "logicalLocations": [named]}


def _uri(path: str) -> str:
    """Return a path as a URI, a relative one as it is.

    >>> _uri("a b.txt"), _uri("/in/a#1.txt"), _uri("s3://bucket/a b.txt")
    ('a%20b.txt', 'file:///in/a%231.txt', 's3://bucket/a%20b.txt')
    """
    scheme, separator, rest = path.rpartition("://")
    head = f"{scheme}{separator}" or ("file://" if path.startswith("/") else "")
    return head + quote(os.fsencode(rest))


def statistics(counts: Mapping[str, int], documents: Mapping[str, int], about: Surroundings) -> Iterator[str]:
    """Yield how often each rule was found, most often first, in how many documents, and what it is."""
    wide = max((len(f"{count:,}") for count in counts.values()), default=0)
    name = max(map(len, counts), default=0)
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        number = documents[rule]
        where = f"{number:,} document{'s' * (number != 1)}"
        yield f"{count:>{wide},}  {rule:<{name}}  in {where}  {about.rules.get(rule, '')}".rstrip()


def statistics_json(
    counts: Mapping[str, int], documents: Mapping[str, int], about: Surroundings
) -> Iterator[str]:
    """Yield the same as one JSON array."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield from _array(
        ({"rule": rule, "count": count, "documents": documents[rule]} for rule, count in ordered), "[", "]"
    )


WRITERS: Final[Mapping[str, Callable[[Iterable[Finding], Surroundings], Iterator[str]]]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}
"""How findings are written, by the name of `--output`."""
