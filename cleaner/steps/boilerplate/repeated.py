"""What repeats across the documents of one source: navigation, footers, the same box under every article.

    digest(text)                 hashes of the lines of one document, in parallel
    combine(digests, rule)       {source: Repeated}, the only code that sees the whole corpus
    drops(contents, corpus, rule)  the lines to remove, with the reason, for the step's `find`

A line repeats when enough documents of its source hold it: at least `seen` of them, and at least the
share `share` of all, among `documents` or more (`with:` of the rule `boilerplate/any/repeated`). Case,
numbers and white space do not count; a line without letters (a row of stars, a figure) never repeats. A
sentence amid an article, such as one that several articles quote, is removed only when the share `sure` of
all documents hold it. Other lines amid an article divide it (`Ingredients`, `Abstract`) or name what follows:
they stay (`shelter.dividing`). A line that stands in more than two places of a document (`Added in: 2.1` under
each heading of a manual) does not count.
Documents with the same lines count once: a text that was collected ten times is a matter of
deduplication, not furniture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import xxhash

from cleaner.steps.boilerplate.arranged import listed
from cleaner.steps.boilerplate.features.line_arrays import distinct
from cleaner.steps.boilerplate.line_hashes import hashed
from cleaner.steps.boilerplate.plain_hashes import Hashed, Keys
from cleaner.steps.boilerplate.shelter import dividing, is_sentence

if TYPE_CHECKING:
    from cleaner.rules import Rule

RULE = "boilerplate/any/repeated"
Digest: TypeAlias = frozenset[int]
"""64-bit hashes of the lines of a document, case, numbers and white space folded."""

MOST_PLACES: Final = 2
"""A line that is in more places of a document is no part of its frame: a label of what it describes."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The lines that repeat in one source: how many documents hold each, out of `documents`."""

    documents: int
    seen: Mapping[int, int]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a line counts as repeated; see the module."""

    documents: int = 5
    seen: int = 4
    share: float = 0.5
    sure: float = 0.9

    def least(self, documents: int) -> int:
        """Return the number of documents that a line must be in.

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
        _number(given.get("sure"), known.sure),
    )


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def line_hash(line: str) -> int | None:
    """Hash a line without regard to case, numbers and white space; None for one without letters.

    >>> line_hash(" Share  this ") == line_hash("SHARE this"), line_hash("* * *")
    (True, None)
    >>> line_hash("12 comments") == line_hash("7 comments")
    True
    """
    found = hashed(line)
    return int(found.folded[0]) if found.lettered[0] else None


def digest(text: str) -> Digest:
    r"""Hash the lines of a document that may be of its frame, each once, and all of them as they stand.

    That last hash tells apart documents that differ in numbers alone; equal ones have equal digests.

    >>> len(digest("Home\nNews\n\nHome\n")), digest("* * *") == digest("")
    (3, True)
    """
    return frozenset(keys_of(text).tolist())


def keys_of(text: str) -> Keys:
    """Return the hashes of a digest, sorted."""
    return next(keys_of_all([text]))


def keys_of_all(texts: Sequence[str]) -> Iterator[Keys]:
    """Yield the hashes of the digests of texts, whose lines are hashed in one call: that costs more than a short text.

    >>> [keys.tolist() == keys_of(text).tolist() for text, keys in zip("ab", keys_of_all("ab"), strict=True)]
    [True, True]
    """
    found = hashed("\n".join(texts))
    at = 0
    for text in texts:
        end = at + text.count("\n") + 1
        yield _keys(Hashed(found.folded[at:end], found.lettered[at:end], found.spaced[at:end]))
        at = end


def _keys(found: Hashed) -> Keys:
    """Return the hashes of the lines of one document that may be of its frame, and one of all of them."""
    own, times = np.unique(found.folded[found.lettered], return_counts=True)
    if not own.size:
        return own
    whole = xxhash.xxh3_64_intdigest(distinct(found.spaced).tobytes(), seed=1)
    return distinct(np.append(own[times <= MOST_PLACES], np.uint64(whole)))


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
            result[source] = Repeated(len(documents), seen, source)
    return result


def drops(contents: Sequence[str], corpus: Repeated, rule: Rule, *, page: bool = False) -> dict[int, str]:
    """Return the lines to remove, each with a note; none when the guard `max_cut` forbids it.

    In a whole `page`, lines amid its text are furniture, too, but not items of a list that stays.
    """
    found: dict[int, int] = {}
    lines = hashed("\n".join(contents))
    keys = lines.folded.tolist()
    times = Counter(keys)
    for k, key in enumerate(keys):
        if lines.lettered[k] and key in corpus.seen and times[key] <= MOST_PLACES:
            found[k] = corpus.seen[key]
    found = _without_quotations(contents, found, threshold(rule).sure * corpus.documents)
    for k in listed(found, contents) if page else dividing(contents, found.keys()):
        del found[k]
    most = rule.guard.max_cut
    size = sum(map(len, contents))
    if most is not None and sum(len(contents[k]) for k in found) > most * size:
        return {}
    where = corpus.source or "this source"
    return {k: f"seen in {count} of {corpus.documents} documents of {where}" for k, count in found.items()}


def _without_quotations(contents: Sequence[str], found: dict[int, int], sure: float) -> dict[int, int]:
    """Leave out sentences between lines that do not repeat, unless almost all documents hold them."""
    body = [k for k, line in enumerate(contents) if k not in found and line.strip()]
    if not body:
        return found
    return {
        k: count
        for k, count in found.items()
        if count >= sure or not body[0] < k < body[-1] or not is_sentence(contents[k])
    }
