"""Exceptions that bring one text back: entries for `exceptions` in `clean.yaml`, ready to be copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.rules.authoring.yaml_writer import quoted

HEAD: Final = "exceptions:"
_GLOB: Final = regex(r"[*?\[]")
_SURROGATE: Final = regex("[\ud800-\udfff]")
MOST: Final = 400
"""Characters of a text by which an exception knows it."""


def exception(rule: str, doc: str, text: str) -> str:
    """Return the exception that keeps a rule from this text in this document; empty where none can be written.

    >>> print(exception("boilerplate/en/related", "en/a[1].txt", "Read also: it's here"))
    exceptions:
      - rule: boilerplate/en/related
        document: 'en/a[[]1].txt'
        text: 'Read also: it''s here'
    """
    return _written({"rule": rule, "document": as_glob(doc), "text": beginning(text)}) if text.strip() else ""


def exception_of_document(rules: Sequence[str], doc: str) -> str:
    """Return the exceptions that keep rules (globs) from a document.

    >>> print(exception_of_document(["dedup/*"], "a.txt"))
    exceptions:
      - rule: 'dedup/*'
        document: 'a.txt'
    """
    return _written(*({"rule": rule, "document": as_glob(doc)} for rule in rules))


def _written(*exceptions: dict[str, str]) -> str:
    if any(_SURROGATE.search(value) for entries in exceptions for value in entries.values()):
        return ""  # YAML cannot hold it
    written = [HEAD]
    for entries in exceptions:
        lines = [f"{name}: {quoted(value)}" for name, value in entries.items()]
        written += [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]
    return "\n".join(written)


def as_glob(name: str) -> str:
    """Return a pattern that matches this name alone.

    >>> as_glob("a*[b].txt")
    'a[*][[]b].txt'
    """
    return _GLOB.sub(r"[\g<0>]", name)


def beginning(text: str) -> str:
    r"""Return what of a text is written down: of many characters the first, to the end of a word.

    >>> beginning("\n\n Share this \n"), len(beginning("word " * 200)) <= MOST
    ('Share this', True)
    """
    text = text.strip()
    if len(text) <= MOST:
        return text
    cut = text[:MOST]
    return cut.rpartition(" ")[0].rstrip() or cut
