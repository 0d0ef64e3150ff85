"""Names: two spellings of one name in a text, and names transliterated from two languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet
from cleaner.steps.translation.masks import line_at, quoted
from cleaner.steps.translation.scan import words_pattern


def name_variant(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark the first place of each spelling when a text has two spellings of one name outside quotations.

    `options["groups"]` are lists of spellings. The most frequent one (the first, when equal) is suggested.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> groups = {"groups": [["Kyiv", "Kiev"]]}
    >>> [m.suggestion for m in name_variant(sheet_of("In Kyiv. In Kiev. To Kyiv."), groups)]
    ['Kyiv', 'Kyiv']
    """
    groups = tuple(tuple(group) for group in options["groups"])
    group_of = _members(groups)
    seen = _first_places(sheet, tuple(group_of))
    for group in sorted({group_of[name] for name in seen}):
        found = [name for name in groups[group] if name in seen]
        if len(found) > 1 and not _nested(found):
            best = max(found, key=lambda name: seen[name][2])
            for name in sorted(found, key=lambda name: seen[name][0]):
                start, end, _ = seen[name]
                yield Mark(start, end, ", ".join(found), best)


def mixed_transliteration(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark the names of the rarer system when a text has names of two transliteration systems.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> systems = {"systems": [["Kyiv", "Kharkiv"], ["Kiev", "Kharkov"]]}
    >>> [(m.start, m.end) for m in mixed_transliteration(sheet_of("From Kyiv to Kharkov."), systems)]
    [(5, 9), (13, 20)]
    """
    systems = [tuple(names) for names in options["systems"]]
    seen = _first_places(sheet, tuple(name for names in systems for name in names))
    found = [[name for name in names if name in seen] for names in systems]
    if all(found):
        ordered = sorted(found, key=len)
        rare = (
            ordered[0] if len(ordered[0]) < len(ordered[-1]) else [name for names in found for name in names]
        )
        for name in rare:
            start, end, _ = seen[name]
            yield Mark(start, end, ", ".join(name for names in found for name in names))


@lru_cache(maxsize=8)
def _members(groups: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    """Map every spelling to its group."""
    return {name: i for i, members in enumerate(groups) for name in members}


def _nested(found: list[str]) -> bool:
    """One spelling inside another (Vladimir Zelensky, Zelensky) is not a second spelling."""
    return any(a != b and a in b for a in found for b in found)


def _first_places(sheet: Sheet, names: tuple[str, ...]) -> dict[str, tuple[int, int, int]]:
    """Find each name outside quotations: its first place and how often it occurs."""
    seen: dict[str, tuple[int, int, int]] = {}
    hits = list(sheet.scan.finditer(words_pattern(names)))
    if len({sheet.text[start:end] for start, end in hits}) < 2:
        return seen
    for start, end in hits:
        name = sheet.text[start:end]
        if not quoted(
            sheet.text, sheet.lines[line_at(sheet.lines, start)], start, end
        ) and not _part_of_other(sheet.text, start, end):
            first = seen.get(name, (start, end, 0))
            seen[name] = (first[0], first[1], first[2] + 1)
    return seen


def _part_of_other(text: str, start: int, end: int) -> bool:
    """Tell whether a name is in a longer word, a compound or brackets that explain it ("(Kiev)")."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isalnum() or before in ("-", "(", "/") or after.isalnum() or after in ("-", "/")


NAME_VARIANT = Detector(
    name_variant,
    lambda options, _: words_pattern(tuple(name for group in options["groups"] for name in group)),
)
MIXED_TRANSLITERATION = Detector(
    mixed_transliteration,
    lambda options, _: words_pattern(tuple(name for names in options["systems"] for name in names)),
)
