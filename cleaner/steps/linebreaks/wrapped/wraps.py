"""Hard wraps: which line ends in wrapped text are soft.

Each line end shows some signs: how it ends, how the next line starts, how much room was left. A
fitted weight for each sign (`cleaner/fitted/linebreaks.json`) states how strongly it indicates a soft
line end (positive) or an intended one (negative); the sum decides.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from cleaner.protected.code.signals import UNMISTAKABLE, signal
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.edges import STOPS, begin_alike, first_word_length
from cleaner.steps.linebreaks.wrapped.evidence import Scene, signs
from cleaner.steps.linebreaks.wrapped.filled import WIDEST, paragraphs
from cleaner.steps.linebreaks.wrapped.widths import REACH, SHORT, Width, width_at

_OPEN_ENDS = frozenset({"lower", "comma", "capital", "digit", "function", "hyphen", "dash", "closer"})
UNSURE = frozenset({"stop", "dash", "colon", "closer", "other"})
"""Ends after which a new paragraph, or a turn of a dialogue, may begin."""
_OPEN_UNCASED = frozenset({"uncased", "comma", "function", "digit"})

FILLED = "a paragraph filled"
"""How the note of a single filled paragraph begins."""
MANY_OPEN = 10
"""A long wrapped text has so many open gaps within reach."""
NEAR = 0.85
"""A line of so much of the least width or more ends near the width."""

TAIL_WORDS = 4
"""A line of so few words, or fewer, is no last line of a paragraph when it has no stop."""
_CLOSING = "\"')]\u201d\u2019\u00bb"

HANGING = 54
"""A shorter line before one that is set in is a heading or a term; a longer one may have a hanging indent."""

SPACED = 40
"""Blank lines set things apart in a text that has more than one of them among so many lines."""
LONGEST = 1.5
"""A line longer than so many widths is none of wrapped prose."""

ROOMY = 0.85
"""Where each next word would have fitted into this part of the width, nothing was wrapped to it."""

_STRIDE = 3
"""So many gaps share one look at the width around."""


@cache
def weights() -> Mapping[str, float]:
    """Load the fitted weight of every sign."""
    path = files("cleaner").joinpath("fitted", "linebreaks.json")
    table: Mapping[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


def judged(view: View, suspects: Sequence[int]) -> dict[int, str | None]:
    """Judge the line ends inside long wrapped texts: the reason why one is soft, None for an intended one."""
    table, found = weights(), {}
    for gap, width, shown in candidates(view, suspects):
        soft = sum([table.get(sign, 0.0) for sign in shown]) > 0
        near = len(view.texts[gap]) >= NEAR * width.low
        why = f"line ends near the width {width.full}" if near else f"lines of about {width.full}"
        found[gap] = why if soft else None
    return found


def filled(view: View, suspects: Sequence[int], known: Mapping[int, str | None]) -> Iterator[tuple[int, str]]:
    """Find the soft line ends of single filled paragraphs, each with the reason.

    Inside a long wrapped text, its width decides whether a line that may end a paragraph does.
    """
    open_gaps = open_among(view, suspects)
    for paragraph in paragraphs(view, open_gaps):
        for gap in paragraph.gaps:
            unsure = view.end(gap) in UNSURE or view.start(gap + 1) == "quoted"
            if not (unsure and gap in known and _is_inside(gap, open_gaps)):
                yield gap, f"{FILLED} to {paragraph.columns} columns"


def _is_inside(gap: int, open_gaps: Sequence[int]) -> bool:
    """Tell whether many sentences continue across the line ends around a gap: it is in a long wrapped text."""
    return bisect_right(open_gaps, gap + REACH) - bisect_left(open_gaps, gap - REACH) >= MANY_OPEN


def candidates(view: View, suspects: Sequence[int]) -> Iterator[tuple[int, Width, list[str]]]:
    """Yield the gaps inside wrapped text, with the width around and the signs that they show."""
    open_gaps = open_among(view, suspects)
    ended = [gap for gap in open_gaps if _ends_inside(view, gap)]
    if not ended:
        return
    blank = view.lines.blank
    margin = min(view.lines.indents)
    lengths = [
        indent - margin + len(text) for indent, text in zip(view.lines.indents, view.texts, strict=True)
    ]
    cased = 2 * sum(view.start(gap + 1) == "uncased" for gap in open_gaps) < len(open_gaps)
    apart = sum(map(bool, blank))
    scene = Scene(view, lengths, spaced=apart > 1 and apart * SPACED > view.gaps)
    one_line = {line for line, size in enumerate(lengths) if size > WIDEST and view.is_alone(line)}
    beside = [0 if line in one_line else size for line, size in enumerate(lengths)] if one_line else lengths
    short = _gaps_of_paragraphs(view, open_gaps) <= SHORT
    has_room = _Room(view, lengths)
    widths: dict[int, Width | None] = {}
    for gap in _near(ended, view.gaps):
        if blank[gap]:
            continue
        center = min(gap - gap % _STRIDE + _STRIDE // 2, view.gaps - 1)
        if center not in widths:
            widths[center] = width_at(center, view.gaps, open_gaps, beside, cased=cased, short=short)
        width = widths[center]
        if width is not None and lengths[gap] <= width.full * LONGEST and _may_be_wrap(view, gap):
            if has_room(gap, width.full):
                continue
            if view.is_set_in(gap + 1) and not (is_open(view, gap) and _is_full(view, gap, lengths, width)):
                continue
            yield gap, width, signs(scene, gap, width)


def _gaps_of_paragraphs(view: View, open_gaps: Sequence[int]) -> int:
    """Count the gaps inside and between paragraphs in which a sentence continues: of menus and lists there is none."""
    count = done = 0
    for gap in open_gaps:
        if gap >= done:
            paragraph = _around(view, gap)
            count, done = count + len(paragraph) + 1, paragraph.stop
    return count - 1


def _around(view: View, gap: int) -> range:
    """Return the gaps of the paragraph around one of them."""
    first, stop, blank = gap, gap + 1, view.lines.blank
    while first > 0 and not blank[first - 1]:
        first -= 1
    while stop < view.gaps and not blank[stop]:
        stop += 1
    return range(first, stop)


class _Room:
    """Tells of a line end whether all line ends of its paragraph leave room: it is verse, or a list, among prose.

    What was wrapped with the prose around leaves no room but after its last line. A quotation that was wrapped to a
    width of its own is found by that (`filled`).
    """

    def __init__(self, view: View, lengths: Sequence[int]) -> None:
        self._view, self._lengths = view, lengths
        self._known: dict[tuple[int, int], bool] = {}
        self._run = range(0)

    def __call__(self, gap: int, width: int) -> bool:
        """Tell it of a gap without a blank line; asked in order."""
        if gap not in self._run:
            self._run = _around(self._view, gap)
        key = self._run.start, width
        if key not in self._known:
            self._known[key] = all(self._leaves(i, width) for i in self._run)
        return self._known[key]

    def _leaves(self, gap: int, width: int) -> bool:
        """Tell whether the first word of the next line would have had room, with much to spare."""
        return self._lengths[gap] + 1 + first_word_length(self._view.texts[gap + 1]) <= ROOMY * width


def _may_be_wrap(view: View, gap: int) -> bool:
    """Tell whether both lines beside a gap may be prose that goes on, as far as they show it themselves."""
    if view.start(gap + 1) == "item" or begin_alike(view.texts[gap], view.texts[gap + 1]):
        return False
    numbers = view.page_number(gap) or view.page_number(gap + 1) or _ends_hanging(view, gap)
    return not numbers and view.prose(gap) and view.prose(gap + 1)


def _ends_hanging(view: View, gap: int) -> bool:
    """Tell whether an entry ends whose first line is set out and continues in those below, as of a bibliography.

    Of a paragraph that is set in at its beginning, a line that ends is above the first one.
    """
    indents, blank, head = view.lines.indents, view.lines.blank, gap
    if indents[gap + 1] >= indents[gap] or view.end(gap) not in UNSURE:
        return False
    while head > 0 and not blank[head - 1] and indents[head] >= indents[gap]:
        head -= 1
    return indents[head] == indents[gap + 1] and view.end(head) != "stop"


def _is_full(view: View, gap: int, lengths: Sequence[int], width: Width) -> bool:
    """Tell whether the first word of the next line would have had no room on a line."""
    return lengths[gap] + 1 + first_word_length(view.texts[gap + 1]) > width.low


def is_no_wrap(view: View, gap: int) -> bool:
    """Tell whether a line end is none of wrapped prose, however near the width it is.

    That is one beside a line of signs, between lines that only code has, and before a name, a byline or
    another short line without a stop that belongs to no sentence: after a sentence, or before an item.
    """
    left, right = view.texts[gap], view.texts[gap + 1]
    if not (any(map(str.isalnum, left)) and any(map(str.isalnum, right))):
        return True
    if signal(left) == UNMISTAKABLE == signal(right):
        return True
    if right.count(" ") >= TAIL_WORDS or right.rstrip(_CLOSING)[-1:] in STOPS:
        return False
    last = gap + 1 == view.gaps
    before_item = not last and view.start(gap + 2) == "item"
    ends = last or before_item or view.lines.blank[gap + 1] > 0
    return ends and (before_item or (view.end(gap) == "stop" and _is_name(right)))


def _is_name(line: str) -> bool:
    """Tell whether all words of a line begin with a capital.

    >>> _is_name("Anna Berg"), _is_name("Anna went")
    (True, False)
    """
    return all(word[0].isupper() for word in line.split())


def open_among(view: View, suspects: Sequence[int]) -> list[int]:
    """Return the gaps across which a sentence visibly continues."""
    return [gap for gap in suspects if is_open(view, gap)]


def is_open(view: View, gap: int) -> bool:
    """Tell whether a sentence visibly continues across a gap."""
    known = view.open.get(gap)
    if known is None:
        known = view.open[gap] = _is_open(view, gap)
    return known


def _is_open(view: View, gap: int) -> bool:
    if view.lines.blank[gap]:
        return False
    start, end = view.start(gap + 1), view.end(gap)
    if not ((start == "lower" and end in _OPEN_ENDS) or (start == "uncased" and end in _OPEN_UNCASED)):
        return False
    left, right = view.texts[gap], view.texts[gap + 1]
    if _same_bullet(left, right) or begin_alike(left, right):
        return False
    if view.is_set_in(gap + 1) and (start != "lower" or len(left) < HANGING):
        return False
    return (
        not (view.page_number(gap) or view.page_number(gap + 1)) and view.prose(gap) and view.prose(gap + 1)
    )


def _same_bullet(left: str, right: str) -> bool:
    """Tell whether both lines start with the same single letter: "o" is a bullet in some plain text.

    >>> _same_bullet("o a boat", "o a net"), _same_bullet("o a boat", "a net"), _same_bullet("of a boat", "of a net")
    (True, False, False)
    """
    return left[1:2] == " " and left[:2] == right[:2]


def _ends_inside(view: View, gap: int) -> bool:
    """Tell whether a sentence also ends around an open gap; lists in lower case have no ends of sentences."""
    return view.end(gap + 1) == "stop" or view.inner_stops(gap) + view.inner_stops(gap + 1) > 0


def _near(open_gaps: Sequence[int], gaps: int) -> Iterator[int]:
    """Yield the gaps within reach of any of these, in order."""
    done = 0
    for gap in open_gaps:
        stop = min(gaps, gap + REACH + 1)
        yield from range(max(done, gap - REACH), stop)
        done = max(done, stop)
