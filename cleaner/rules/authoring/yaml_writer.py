"""Write rules as YAML that people continue to edit: quoted safely, in the order of the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.engines.lazy import regex

_PLAIN = regex(r"[A-Za-z][A-Za-z0-9 /_-]*")
_RESERVED = regex(r"(?i)true|false|null|yes|no|on|off|y|n")
_FLOW = ("match", "unless", "guard", "fold", "with")


def quoted(text: str) -> str:
    r"""Spell a string as a YAML scalar: plain where it surely is one, else in quotes.

    >>> quoted("Cross-link teaser"), quoted("it's: 5"), quoted("no"), quoted("a\nb")
    ('Cross-link teaser', "'it''s: 5'", "'no'", '"a\\nb"')
    """
    if _PLAIN.fullmatch(text) and text == text.strip() and not _RESERVED.fullmatch(text):
        return text
    return _in_quotes(text)


def _in_quotes(text: str) -> str:
    if text.isprintable() and "\ufeff" not in text:
        return "'" + text.replace("'", "''") + "'"
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(char: str) -> str:
    r"""Spell a character that cannot be seen by its number; YAML has no pairs of surrogates, as JSON has.

    >>> _escaped("a"), _escaped("\u202e"), _escaped("\U000e0041")
    ('a', '\\u202e', '\\U000e0041')
    """
    if char.isprintable() and char != "\ufeff":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def flow(value: Any) -> str:
    """Spell a value in one line; texts in quotes, as regexes and phrases are easier to read so.

    >>> flow({"prefix": ["Read also:"], "any": [1, True]})
    "{prefix: ['Read also:'], any: [1, true]}"
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, str):
        return _in_quotes(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value)


def rule_yaml(data: Mapping[str, Any], *, comments: Sequence[str] = ()) -> str:
    """Write one rule as an entry of the list `rules`.

    >>> print(rule_yaml({"id": "ad", "languages": ["en"], "match": {"literal": "Ad"}}, comments=["seen 3 times"]))
      # seen 3 times
      - id: ad
        languages: [en]
        match: {literal: 'Ad'}
    """
    lines = [f"# {_one_line(comment)}" for comment in comments]
    for key, value in data.items():
        if key == "examples":
            lines.append("examples:")
            lines += [f"  {kind}: {flow(list(texts))}" for kind, texts in value.items()]
        elif isinstance(value, str):
            lines.append(f"{key}: {quoted(value)}")
        elif isinstance(value, Sequence):
            lines.append(f"{key}: [{', '.join(quoted(str(entry)) for entry in value)}]")
        else:
            lines.append(f"{key}: {flow(value)}")
    start = len(comments)
    return "\n".join(
        f"  {line}" if i < start else f"  - {line}" if i == start else f"    {line}"
        for i, line in enumerate(lines)
    )


def pack_yaml(pack: str, rules: Sequence[str], *, step: str | None = None) -> str:
    """Write a rule file around entries made by `rule_yaml`."""
    head = f"schema: 1\npack: {pack}\n" + (f"step: {step}\n" if step else "")
    return head + "rules:\n" + "\n\n".join(rules) + "\n"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
