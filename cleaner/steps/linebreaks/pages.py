"""Page numbers, running heads and form feeds inside a sentence: what a page break leaves in a text.

They are removed only where a sentence plainly continues across them and there is more evidence of a
page break than a bare number: a form feed, marks or a word around the number, a running head, or blank
lines in wrapped text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.conventions import Habits
from cleaner.steps.linebreaks.described_lines import Lines
from cleaner.steps.linebreaks.edges import (
    BARE_NUMBER,
    SPACELESS,
    STOPS,
    EndShape,
    end_shape,
    is_lower,
    is_page_number,
    is_prose,
    last_word,
    start_shape,
)

MOST_LINES = 3
"""A page break leaves so many lines at most: a number, a running head, a footer."""
LONGEST_NUMBER = 30
"""A page number with its word is not longer."""
LONGEST_HEAD, HEAD_WORDS = 60, 2
"""A running head is not longer, and has so many words or more."""
WORDS_BEFORE = 3
"""A line that a page break cuts short has so many words or more."""
LETTERS_A_WORD = 3
"""In a script without spaces so many letters count as a word."""
WRAPPED = 40
"""A line of so many characters beside the break may be of wrapped text."""

_WORD = r"[^\W\d_][^\s\d]{0,20}"
_COUNTED = regex(
    rf"(?P<word>{_WORD})? ?\d{{1,4}}(?: ?(?:/|[^\W\d_]{{1,4}}) ?\d{{1,4}})?\.?(?: ?(?P<after>{_WORD}))?"
)
_OPEN: frozenset[EndShape] = frozenset({"lower", "comma", "function", "hyphen", "uncased"})


def page_breaks(lines: Lines, text: str, known: Habits) -> dict[int, tuple[int, str]]:
    """Find the page breaks inside sentences: the line before each, the line after it, and why.

    A page break without a line of its own is a form feed.
    """
    found: dict[int, tuple[int, str]] = {}
    for line in _places(lines.texts, text, known):
        for after in range(line + 1, min(line + MOST_LINES + 2, len(lines.texts))):
            between = lines.texts[line + 1 : after]
            if between and not all(_is_furniture(one, known) for one in between):
                break
            why = _why(lines, text, line, after, known)
            if why and _goes_on(lines.texts[line], lines.texts[after], known):
                found[line] = after, why
    return dict(_apart(found))


def without_pages(lines: Lines, breaks: Mapping[int, tuple[int, str]]) -> Lines:
    """Return the lines without those of the page breaks; the gaps over these are in `pages`."""
    if not breaks:
        return lines
    out = Lines()
    skip = 0
    for line, text in enumerate(lines.texts):
        if line < skip:
            continue
        out.texts.append(text)
        out.indents.append(lines.indents[line])
        if line in breaks:
            skip, why = breaks[line]
            out.pages[len(out.gaps)] = why
            out.gaps.append((lines.gaps[line][0], lines.gaps[skip - 1][1]))
            out.blank.append(0)
        elif line < len(lines.gaps):
            out.gaps.append(lines.gaps[line])
            out.blank.append(lines.blank[line])
    return out


def _places(texts: Sequence[str], text: str, known: Habits) -> Sequence[int]:
    """Return the lines that a page break may follow: a few before a line with a number, or any before a form feed."""
    if "\f" in text:
        return range(len(texts) - 1)
    short = [line for line, one in enumerate(texts) if len(one) <= LONGEST_NUMBER]
    numbers = [line for line in short if is_page_number(texts[line]) or _is_counted(texts[line], known)]
    return sorted({line for at in numbers for line in range(max(0, at - MOST_LINES), at)})


def _apart(found: Mapping[int, tuple[int, str]]) -> Iterator[tuple[int, tuple[int, str]]]:
    """Yield the breaks that do not lie in one another."""
    done = 0
    for line, (after, why) in sorted(found.items()):
        if line >= done:
            yield line, (after, why)
            done = after


def _is_furniture(line: str, known: Habits) -> bool:
    return is_page_number(line) or _is_counted(line, known) or _is_running_head(line)


def _is_running_head(line: str) -> bool:
    """Tell whether a line is a title in capitals: a few words, without a stop.

    >>> [_is_running_head(line) for line in ("THE FERRIES OF OSK", "THE FERRIES OF OSK.", "The ferries of Osk")]
    [True, False, False]
    """
    words = line.count(" ") + 1
    return line.isupper() and len(line) <= LONGEST_HEAD and words >= HEAD_WORDS and line[-1] not in STOPS


def _is_counted(line: str, known: Habits) -> bool:
    """Tell whether a line is a page number with its word, before or after it."""
    match = _COUNTED.fullmatch(line) if line[0].isdigit() or line[-1].isdigit() or line[0] == "第" else None
    words = [word.lower() for word in match.groups() if word] if match else []
    return bool(words) and known.page_words.issuperset(words)


def _why(lines: Lines, text: str, line: int, after: int, known: Habits) -> str | None:
    """Return the evidence of a page break between two lines, or None."""
    between = lines.texts[line + 1 : after]
    white = text[lines.gaps[line][0] : lines.gaps[after - 1][1]]
    if "\f" in white:
        return "a form feed inside a sentence"
    numbers = [one for one in between if not _is_running_head(one)]
    if not numbers:
        return None
    note = f"the page number '{numbers[0]}' inside a sentence"
    if not BARE_NUMBER.fullmatch(numbers[0]):
        return note
    blank = lines.blank[line] and lines.blank[after - 1]
    wrapped = line > 0 and not lines.blank[line - 1] and len(lines.texts[line - 1]) >= WRAPPED
    return note if blank and wrapped else None


def _goes_on(left: str, right: str, known: Habits) -> bool:
    """Tell whether a sentence plainly continues from one line to another."""
    end = end_shape(left, known.words)
    words = len(left) // LETTERS_A_WORD if SPACELESS.match(left[-1]) else left.count(" ") + 1
    if end not in _OPEN or words < WORDS_BEFORE or not is_prose(left) or not is_prose(right):
        return False
    start = start_shape(right)
    if start == "lower":
        return is_lower(right[0])
    if start == "uncased":
        return end in ("uncased", "comma", "function")
    return start == "capital" and end == "function" and last_word(left) in known.binding
