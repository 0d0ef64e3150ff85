"""Lines with deliberate line ends: verse, and short lines of other kinds (menus, addresses, credits)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, share

WIDEST: Final = 80
"""A line of verse has at most so many characters."""
_WIDEST_UNSPACED: Final = 24
_UNSPACED: Final = regex("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_QUOTES: Final = "\"'\u2019\u201d\u00bb"
_STOPS: Final = frozenset(".!?\u2026\u061f\u06d4\u0964\u0965\u3002\uff01\uff1f\u0589\u1362")
_WEAK: Final = frozenset(",;\u060c\u061b\u3001\uff0c\uff1b\u2014\u2013")
_MARKS: Final = _STOPS | _WEAK | {":"}
"""What ends a sentence, a part of one, and either; quotation marks and brackets may close it."""
_AFTER_WORDS: Final = " .,;:!?\u2026\"'\u201d\u2019\u00bb)]-\u2013\u2014"
"""Most of what may stand after the last word of a line."""
_NUMBERED: Final = regex(r"(?<!\s)\s*(?:\d{1,3}[.)]?|[IVXL]{1,5}\.)\s+")
_FIELD: Final = regex(r"[^\W\d_][\w /'-]{0,30}:(?:\s|$)")
_DELIBERATE: Final = 0.5
"""Share of line ends at which the next word would have had room: a wrapped paragraph has none."""
_SLACK: Final = 0.06
"""Part of the width that lines of a printed book differ by."""
_USUAL: Final = 0.85
"""In many lines, this share is not longer than the width: some words hang over."""
_OVERHANG: Final = 4
"""Lines of a paragraph of which one may hang over."""
_SAMPLE: Final = 200
"""Lines of a long run that are looked at."""
_LONGEST_STANZA: Final = 16
_DELIBERATE_LONG: Final = 0.6
"""The same, among more lines than a stanza has: they may be paragraphs of prose, whose last lines have room."""
_WORDS: Final = 2.5
"""Words of a line of verse, on average."""
_PLAINLY: Final = 0.75
"""The same, in a text that is no poem."""
_REPEATED: Final = 0.3
"""The same, in a paragraph where a line comes twice."""
REMEMBERED: Final = 1 << 10
"""Paragraphs of which is kept what they are: furniture comes again, and so does what a step leaves."""


def verse(sheet: Sheet) -> Iterator[Claim]:
    """Claim stanzas, and other short lines that were ended on purpose."""
    stanzas = sheet.narrow(WIDEST)
    judged = {run: _judge(tuple(sheet.lines[run[0] : min(run[1], run[0] + _SAMPLE)])) for run in stanzas}
    alike = _equal_stanzas(sheet, stanzas)
    long = [run for run in stanzas if stop_of(run) > 2]
    poem = 2 * sum(judged[run] == "verse" or run in alike for run in long) > len(long)
    for run in stanzas:
        kind = judged[run]
        if run in alike or (poem and (kind or _couplet(sheet.lines, run))):
            kind = "verse"
        elif not poem and kind == "verse" and not _certain(sheet.lines[run[0] : run[1]]):
            kind = None
        if kind == "verse":
            yield *run, "verse"
        elif kind == "lines":
            yield *run, "lines"


def _certain(lines: Sequence[str]) -> bool:
    """Tell whether a stanza is told from prose that was wrapped by hand, also in a text that is no poem."""
    texts = [*map(_unnumbered, lines)]
    if _UNSPACED.search(texts[0]):
        return True
    marked = sum(ends_marked(text) for text in texts)
    many = len(texts) >= 4
    return len(set(texts)) < len(texts) or (
        many
        and (
            marked >= 0.75 * len(texts)
            or _capital_starts(texts) == 1
            or deliberate(texts) >= _PLAINLY
            or rhymes(texts) == 1
        )
    )


def ends_marked(line: str) -> bool:
    """Tell whether a line ends in punctuation.

    >>> ends_marked("low lay the sea,"), ends_marked("low lay the")
    (True, False)
    """
    return not line[-1:].isalnum() and line.rstrip(_QUOTES + ")]\u203a\u300d\u300f\uff09")[-1:] in _MARKS


def stop_of(run: tuple[int, int]) -> int:
    """Return the number of lines of a run."""
    return run[1] - run[0]


def _unnumbered(line: str) -> str:
    """Return a line without its numbers that stand before a space."""
    return _NUMBERED.sub("", line).strip()


@lru_cache(maxsize=REMEMBERED)
def _judge(lines: tuple[str, ...]) -> str | None:
    """Return `verse`, `lines`, or None for what may be wrapped prose."""
    texts = [*map(_unnumbered, lines)]
    count = len(texts)
    if _UNSPACED.search(texts[0]):
        return _unspaced(texts)
    free = deliberate(texts)
    if count > _LONGEST_STANZA:
        return _judge_long(texts, free)
    if free < _REPEATED and _plainly_wrapped(texts):
        return None
    if count < 3:
        return None
    marked = sum(map(ends_marked, texts))
    weak = sum(map(ends_weakly, texts[:-1]))
    words = sum(len(text.split()) for text in texts) / count
    if count >= 4 and marked >= 0.75 * count and weak and words >= _WORDS:
        return "verse"
    if count >= 4 and _capital_starts(texts) == 1 and _is_like_verse(texts, words, weak):
        return "verse"
    if len(set(texts)) < count and words >= 2 and free >= _REPEATED:
        return "verse"
    if free >= _DELIBERATE:
        return "verse" if _is_like_verse(texts, words, weak) else "lines"
    return None


def _is_like_verse(texts: Sequence[str], words: float, weak: int) -> bool:
    """Tell whether lines with so many words on average, of which some end weakly, may be those of a stanza."""
    count = len(texts)
    return (
        words >= _WORDS
        and 2 * sum(_FIELD.match(text) is not None for text in texts) < count
        and (
            weak >= 0.25 * count
            or rhymes(texts) >= 0.5
            or _lower(texts) >= 0.5
            or len(set(texts)) <= 0.75 * count
        )
    )


def _plainly_wrapped(texts: Sequence[str]) -> bool:
    """Tell whether most lines end in a letter, and some begin with a small one: as the lines of wrapped prose do."""
    ended = sum(not text[-1].isalnum() for text in texts if text)
    return ended < 0.75 * len(texts) and any(text[:1].islower() for text in texts)


def _judge_long(texts: Sequence[str], free: float) -> str | None:
    """Judge many lines without a blank one between them: verse has capitals, or rhymes and room at its ends."""
    if _capital_starts(texts) >= 0.85 and free >= 0.2:
        return "verse"
    if free >= _DELIBERATE_LONG:
        return "verse" if rhymes(texts) >= 0.4 else "lines"
    return None


def deliberate(texts: Sequence[str]) -> float:
    """Return the share of line ends at which the first word of the next line would have had room to spare.

    >>> deliberate(["a long line of words", "short", "and short"])
    0.5
    """
    widths = sorted(map(len, texts))
    usual = -1 if len(texts) < _OVERHANG else min(-2, int((_USUAL - 1) * len(texts)))
    width = widths[usual]
    width -= int(_SLACK * width)
    room = [len(line) + 1 + len(after.split(" ", 1)[0]) <= width for line, after in pairwise(texts)]
    return share(sum(room), len(room))


def _unspaced(texts: Sequence[str]) -> str | None:
    """Judge lines of a script without spaces: short, with marks at their ends or of one length."""
    if max(map(len, texts)) > _WIDEST_UNSPACED or len(texts) < 2:
        return None
    marked = sum(ends_marked(text) for text in texts)
    if (
        marked >= 0.75 * len(texts)
        or len({len(text) for text in texts}) <= len(texts) / 3
        or len(set(texts)) <= 0.75 * len(texts)
    ):
        return "verse"
    return "lines" if len(texts) > 2 and max(map(len, texts)) - min(map(len, texts)) > 2 else None


def ends_weakly(line: str) -> bool:
    """Tell whether a line ends in a mark that ends no sentence: a comma, a semicolon, a dash.

    >>> ends_weakly("low lay the sea,"), ends_weakly("low lay the sea.")
    (True, False)
    """
    return not line[-1:].isalnum() and line.rstrip(_QUOTES)[-1:] in _WEAK


def last_word(line: str) -> str:
    """Return the last word of a line in lower case, nothing when it has none.

    >>> last_word("low, low lay the Sea;"), last_word("in 1999.")
    ('sea', '')
    """
    bare = line.rstrip(_AFTER_WORDS)
    word = bare[bare.rfind(" ") + 1 :]
    return word.lower() if word.isalpha() else _last_letters(line)


def _last_letters(line: str) -> str:
    """Return the last word of a line, letter by letter."""
    end = len(line)
    while end and not (line[end - 1].isalnum() or line[end - 1] == "_"):
        end -= 1
    at = end
    while at and line[at - 1].isalnum() and not line[at - 1].isdecimal():
        at -= 1
    return line[at:end].lower()


def rhymes(texts: Sequence[str]) -> float:
    """Return the share of lines whose last word ends as that of a line at most three away.

    >>> rhymes(["upon the bay", "far away", "the sea"])
    0.6666666666666666
    """
    tails = [word[-3:] if len(word) > 3 else word[-2:] for word in map(last_word, texts)]
    hits = 0
    for i, tail in enumerate(tails):
        near = tails[max(0, i - 3) : i] + tails[i + 1 : i + 4]
        hits += bool(tail) and any(tail[-2:] == other[-2:] and len(other) > 1 for other in near)
    return share(hits, len(texts))


def _lower(texts: Sequence[str]) -> float:
    """Return the share of lines after the first that begin with a small letter."""
    return share(sum(text[:1].islower() for text in texts[1:]), len(texts) - 1)


def _capital_starts(texts: Sequence[str]) -> float:
    """Return the share of lines that begin with a capital although the one before ends no sentence."""
    if sum(map(str.isupper, texts)) * 2 > len(texts):
        return 0.0
    inner = [after for line, after in pairwise(texts) if line.rstrip(_QUOTES + ")]\u300d")[-1:] not in _STOPS]
    capital = sum(text[:1].isupper() or not text[:1].isalpha() for text in inner)
    return share(capital, len(inner)) if len(inner) >= 2 else 0.0


def _equal_stanzas(sheet: Sheet, stanzas: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the paragraphs of a text when all of them have one number of lines, and none ends short."""
    runs = list(sheet.runs(3))
    sizes = {stop_of(run) for run in runs}
    if len(runs) < 2 or len(sizes) > 1 or runs != [run for run in stanzas if stop_of(run) > 2]:
        return set()
    for first, stop in runs:
        widths = [len(line.strip()) for line in sheet.lines[first:stop]]
        if widths[-1] < 0.6 * max(widths):
            return set()
    return set(runs)


def _couplet(lines: Sequence[str], run: tuple[int, int]) -> bool:
    """Tell whether a paragraph beside verse is so short that it is verse too."""
    return stop_of(run) <= 3 and max(len(line) for line in lines[run[0] : run[1]]) <= 60
