"""Write a new rule from what its author provides: a line to remove, and a similar one that must be kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cleaner.errors import UsageError
from cleaner.rules.authoring.yaml_writer import pack_yaml, rule_yaml
from cleaner.rules.faults import RuleError
from cleaner.rules.files.judge import judge
from cleaner.rules.rule import StepNames

FILL_IN: Final = "FILL IN: what these lines are, in a few words"
"""The description of a rule whose author gave none; it is easy to find in the file."""


def rule_data(
    *,
    matching: Sequence[str],
    not_matching: Sequence[str],
    match: dict[str, list[str]] | None = None,
    name: str = "",
    description: str = "",
    languages: Sequence[str] = (),
    scope: str = "line",
    action: str = "drop",
    max_words: int | None = None,
) -> dict[str, Any]:
    """Return the data of a new rule; without `match`, what the matching examples have in common at their start.

    >>> rule_data(matching=["Read also: a", "Read also: b"], not_matching=["x"])["match"]
    {'prefix': ['Read also:']}
    """
    match = match or _guess(matching)
    value = next(iter(match.values()))[0]
    data: dict[str, Any] = {
        "id": name or slug(value),
        "description": description or FILL_IN,
        "languages": list(languages),
        "scope": scope,
        "match": match,
        "guard": {"max_words": max_words} if max_words is not None else {},
        "action": action,
        "examples": {"match": list(matching), "no_match": list(not_matching)},
    }
    return {key: value for key, value in data.items() if value not in ([], {})}


def add_rule(path: Path, data: dict[str, Any], steps: StepNames, *, pack: str) -> str:
    """Add a rule to a file, creating it if it is missing, and return the new content.

    Nothing is written when the result would be faulty: RuleError then holds the faults.
    """
    entry = rule_yaml(data)
    try:
        content = path.read_text("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise UsageError(message) from None
    content = f"{content.rstrip()}\n\n{entry}\n" if content.strip() else pack_yaml(pack, [entry])
    _, faults = judge(str(path), "project", content.encode(), steps)
    if faults:
        raise RuleError(faults)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8", newline="\n")
    return content


def slug(text: str) -> str:
    """Make the id of a rule out of a phrase.

    >>> slug("Lisez aussi : l'été"), slug("Читайте також")
    ('lisez-aussi-l-ete', 'rule')
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "-".join(re.findall("[a-z0-9]+", plain.lower()))[:40].strip("-") or "rule"


def _guess(matching: Sequence[str]) -> dict[str, list[str]]:
    """Take the words that all examples begin with; one example alone is taken whole."""
    if len(set(matching)) == 1:
        return {"literal": [matching[0].strip()]}
    words = [text.split() for text in matching]
    shared = []
    for column in zip(*words, strict=False):
        if len({word.casefold() for word in column}) > 1:
            break
        shared.append(column[0])
    return (
        {"prefix": [" ".join(shared)]}
        if shared
        else {"literal": [text.strip() for text in dict.fromkeys(matching)]}
    )
