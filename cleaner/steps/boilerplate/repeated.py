"""What repeats across the documents of one source: navigation, footers, the same box under every article.

    digest(text)                 hashes of the lines of one document, in parallel
    combine(digests, rule)       {source: Repeated}, the only code that sees the whole corpus
    drops(contents, corpus, rule)  the lines that go, with the reason, for the step's `find`

A line repeats when enough documents of its source hold it: at least `seen` of them, and at least the
share `share` of all, among `documents` or more (`with:` of the rule `boilerplate/any/repeated`).
Documents with the same lines count once: a text that was collected ten times is a matter of
deduplication, not furniture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import xxhash

if TYPE_CHECKING:
    from cleaner.rules import Rule

RULE = "boilerplate/any/repeated"
Digest: TypeAlias = frozenset[int]
"""64-bit hashes of the lines of a document, white space folded."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The lines that repeat in one source: how many documents hold each, out of `documents`."""

    documents: int
    seen: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a line counts as repeated; see the module."""

    documents: int = 5
    seen: int = 4
    share: float = 0.5

    def least(self, documents: int) -> int:
        """Give the number of documents that a line must be in.

        >>> Threshold().least(6), Threshold().least(40)
        (4, 20)
        """
        exact = self.share * documents
        return max(self.seen, int(exact) + (exact > int(exact)))


def threshold(rule: Rule) -> Threshold:
    """Read the threshold from the options of the rule; what they leave out has its default."""
    given = rule.options or {}
    known = Threshold()
    return Threshold(
        int(_number(given.get("documents"), known.documents)),
        int(_number(given.get("seen"), known.seen)),
        _number(given.get("share"), known.share),
    )


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def line_hash(line: str) -> int | None:
    """Hash a line without regard to white space; None for a blank one.

    >>> line_hash(" Share  this ") == line_hash("Share this"), line_hash(" ")
    (True, None)
    """
    words = line.split()
    if not words:
        return None
    return xxhash.xxh3_64_intdigest(" ".join(words).encode("utf-8", "surrogatepass"))


def digest(text: str) -> Digest:
    r"""Hash the lines of a document, each once.

    >>> len(digest("Home\nNews\n\nHome\n"))
    2
    """
    return frozenset(found for line in text.split("\n") if (found := line_hash(line)) is not None)


def combine(digests: Iterable[tuple[str | None, Digest]], rule: Rule) -> dict[str, Repeated]:
    """Count lines by source; documents without a source have nothing in common with any other.

    The order of the documents does not matter. Sources in which nothing repeats are left out.
    """
    limits = threshold(rule)
    by_source: dict[str, set[Digest]] = {}
    for source, found in digests:
        if source is not None and found:
            by_source.setdefault(source, set()).add(found)
    result = {}
    for source in sorted(by_source):
        documents = by_source.pop(source)
        if len(documents) < limits.documents:
            continue
        counts = Counter(line for found in documents for line in found)
        least = limits.least(len(documents))
        seen = {line: count for line, count in sorted(counts.items()) if count >= least}
        if seen:
            result[source] = Repeated(len(documents), seen)
    return result


def drops(contents: Sequence[str], corpus: Repeated, rule: Rule) -> dict[int, str]:
    """Give the lines that go, each with a note. Nothing goes when the guard `max_cut` forbids it."""
    found: dict[int, str] = {}
    for k, line in enumerate(contents):
        hashed = line_hash(line)
        if hashed is not None and hashed in corpus.seen:
            found[k] = f"seen in {corpus.seen[hashed]} of {corpus.documents} documents of this source"
    most = rule.guard.max_cut
    size = sum(map(len, contents))
    if most is not None and sum(len(contents[k]) for k in found) > most * size:
        return {}
    return found
