"""How much evidence a removal needs: in proportion to what it takes.

A line of prose is taken by a rule only when the rule covers all of it, or says `prose: true` with a
precision that was measured on prose. A line of one or two words is little evidence by itself: it needs
furniture beside it, an edge of the document, or a sentence that it interrupts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Final

from cleaner.engines.lazy import regex
from cleaner.language.words import count_words, ends_sentence
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex.nodes import Alt, AnyChar, Atomic, Chars, Group, Named, Node, Repeat, Seq, walk

if TYPE_CHECKING:
    from cleaner.model import Span
    from cleaner.rules.rule import Fold, Matcher, Rule

PROSE_WORDS: Final = 12
"""Words from which a line that ends as a sentence is prose."""
WEAK_WORDS: Final = 2
"""Words up to which a line needs more than its own words to be furniture."""
WEAK_HEADING_WORDS: Final = 1
"""Words up to which the heading of a list needs more than itself to be one over links."""
HEADED_WORDS: Final = 6
"""Words of a sentence at the head of a document over which a short line is a heading."""
GAP_CHARS: Final = 40
"""Characters of any text that a pattern may run over and still cover a line."""
MUTUAL_LINES: Final = 2
"""Different short labels side by side that prove each other."""
REPEATED_LABELS: Final = 2
"""Times that a label must occur between two paragraphs of prose not to be part of the text."""
FURNISHED_LINES: Final = 2
"""Different lines of furniture that show that a text still has the furniture of its page."""
_LETTERED: Final = regex(r"\s*\(?([A-Za-z])\)(?=\s|$)")
_TRIVIAL: Final = regex(r"[\W_]*")
WORD_CHARS: Final = 8.0
"""Characters of a word, where a pattern repeats words."""
INTERRUPTED_WORDS: Final = 6
"""Words of a line without an end that a short line below it can interrupt."""
INTRODUCING_WORDS: Final = 3
"""Words of a line with a colon that introduces prose; one of fewer is the label of a link."""
MENTION_WORDS: Final = 3
"""A sentence of more words may mention a label; a shorter one is more likely a label itself."""
_WORD: Final = regex(r"\w+")
_STEP: Final = regex(r"\d{1,2}[.)] [^\W\d]\w*(?: \w+)?")
"""A step of an instruction that the next line completes: "3. Choose"."""
_COLONS: Final = (":", "\N{FULLWIDTH COLON}")
_LETTERS: Final = frozenset({"w", "p{L}", "p{Ll}", "p{Lu}", "[:alpha:]", "[:alnum:]", "a"})
_SPACES: Final = frozenset({"s", " "})


def is_prose(line: str) -> bool:
    """Tell whether a line is prose: twelve words or more that end as a sentence, or that introduce what follows.

    >>> is_prose("The ferry left at noon, and nobody on the wall knew why."), is_prose("The ferry left.")
    (True, False)
    """
    return (ends_sentence(line) or line.endswith(_COLONS)) and count_words(line) >= PROSE_WORDS


def _may_be_headed(line: str) -> bool:
    """Tell whether a line is a sentence of some words, so that a short one over it is its heading or its beginning.

    >>> [_may_be_headed(line) for line in ("said the old man, and broke the bread.", "By Ann Reed", "It left.")]
    [True, False, False]
    """
    return ends_sentence(line) and count_words(line) >= HEADED_WORDS


def is_weak(line: str, most: int = WEAK_WORDS) -> bool:
    """Tell whether a line has so few words that it may be anything: a title, a speaker, an answer.

    >>> is_weak("» Share"), is_weak("View comments"), is_weak("View all comments")
    (True, True, False)
    """
    return count_words(line.replace("»", " ").replace("•", " ")) <= most


def is_mentioned(line: str, others: Iterable[str]) -> bool:
    """Tell whether one of the other lines, a sentence of some words, mentions the exact words of a line.

    >>> is_mentioned("Advertisement", ["“Advertisement,” read the boy aloud."])
    True
    >>> is_mentioned("Advertisement", ["The advertisements were late.", "Advertisement. Go on."])
    False
    """
    label = _folded(line)
    return any(
        label.strip() in other.casefold()
        and count_words(other) > MENTION_WORDS
        and ends_sentence(other)
        and label in _folded(other)
        for other in others
    )


def _folded(line: str) -> str:
    return f" {' '.join(_WORD.findall(line.casefold()))} "


def covers(rule: Rule, line: str, hit: Span) -> bool:
    """Tell whether a match accounts for a whole line, its ends without letters aside.

    `hit` is relative to the line. A pattern that runs over more than `GAP_CHARS` characters of any text
    accounts for its ends alone, whatever it matches.
    """
    start, end = hit
    ends = _TRIVIAL.fullmatch(line[:start]) and _TRIVIAL.fullmatch(line[end:])
    return bool(ends) and gap(rule.match, rule.fold) <= GAP_CHARS


@lru_cache(maxsize=4096)
def gap(match: Matcher, fold: Fold) -> float:
    """Return how many characters of any text the patterns of a matcher can run over; the most of any."""
    if match.parts:
        return max(gap(part, fold) for part in match.parts)
    return 0.0 if match.kind in ("literal", "detector") else _gap(tree_of(match, fold))


def _gap(node: Node) -> float:
    match node:
        case Seq(nodes):
            return sum(map(_gap, nodes))
        case Alt(nodes):
            return max(map(_gap, nodes), default=0.0)
        case Group(inner) | Atomic(inner):
            return _gap(inner)
        case AnyChar():
            return 1.0
        case Chars():
            return float(node.negated and not _takes(node, _LETTERS))
        case Repeat(inner, _, high):
            most = inf if high is None else high
            size = _gap(inner) or (_piece(inner) if _runs_over_words(inner) else 0.0)
            return most * size if size else 0.0
    return 0.0


def _runs_over_words(node: Node) -> bool:
    """Tell whether to repeat this takes words of any kind: a class of letters, and white space."""
    parts = [part for part in walk(node) if not getattr(part, "negated", False)]
    return any(_takes(part, _LETTERS) for part in parts) and any(
        _takes(part, _SPACES) or getattr(part, "char", "") == " " for part in parts
    )


def _takes(node: Node, names: frozenset[str]) -> bool:
    items = node.items if isinstance(node, Chars) else ()
    return any(
        item[0] in names if not isinstance(item, Named) else item.name in names and not item.negated
        for item in items
    )


def _piece(node: Node) -> float:
    """Return the length of what is repeated: a character, or a word of usual length."""
    return 1.0 if isinstance(node, Chars) else WORD_CHARS


@dataclass(frozen=True, slots=True)
class Furniture:
    """The findings of the rules about the lines of a text, one by one.

    `sure` are furniture; `short` have too few words to be sure; `wary` are those of rules that need
    support for any line.
    """

    sure: frozenset[int]
    short: frozenset[int] = frozenset()
    wary: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """All lines that are or may be furniture."""
        return self.sure | self.short | self.wary


def supported(contents: Sequence[str], known: Furniture) -> frozenset[int]:
    """Return those of the lines in need of support that have it.

    That is furniture beside them, an edge of the document, or a sentence that they interrupt; for short
    ones also another short one, enough furniture elsewhere in the document, or the same label between
    other paragraphs. Lines under a line that ends in a colon are the author's own list,
    whatever they look like.
    """
    shown = [k for k, line in enumerate(contents) if line.strip()]
    furnished = len({contents[k].strip() for k in known.sure}) >= FURNISHED_LINES
    found: set[int] = set()
    labels: dict[str, list[int]] = {}
    for first, stop in runs(shown, known.all):
        run = shown[first:stop]
        around = Around(
            contents[shown[first - 1]].strip() if first else "",
            contents[shown[stop]].strip() if stop < len(shown) else "",
        )
        if around.introduces_list or (not known.sure.issuperset(run) and around.is_everything):
            continue
        stated = all(contents[k].rstrip().endswith(".") for k in run)  # a button has no full stop
        if not known.sure.isdisjoint(run) or (around.speaks and not (stated and around.is_edge)):
            found.update(run)
        elif (
            furnished
            or len({contents[k].strip().casefold() for k in run if k in known.short}) >= MUTUAL_LINES
        ):
            found.update(known.short.intersection(run))
        elif len(run) == 1 and run[0] in known.short and around.is_prose:
            labels.setdefault(contents[run[0]].strip().casefold(), []).append(run[0])
    found.update(k for places in labels.values() if len(places) >= REPEATED_LABELS for k in places)
    return frozenset(found - known.sure)


@dataclass(frozen=True, slots=True)
class Around:
    """The lines before and after a run of lines; empty at an edge of the document."""

    before: str
    after: str

    @property
    def is_everything(self) -> bool:
        """Tell whether the run is the whole document."""
        return not self.before and not self.after

    @property
    def is_edge(self) -> bool:
        """Tell whether the run begins or ends the document."""
        return not self.before or not self.after

    @property
    def is_prose(self) -> bool:
        """Tell whether the run is between two paragraphs of prose."""
        return is_prose(self.before) and is_prose(self.after)

    @property
    def introduces_list(self) -> bool:
        """Tell whether the line before announces what follows: with a colon, or as a step of one or two words."""
        return self.before.endswith(_COLONS) or _STEP.fullmatch(self.before) is not None

    @property
    def speaks(self) -> bool:
        """Tell whether the place alone makes the run furniture; at the head, what stands over a sentence is none."""
        if self.is_edge:
            return not is_prose(self.after) and not (self.after and _may_be_headed(self.after))
        return interrupts(self.before, self.after)


def runs(shown: Sequence[int], furniture: Set[int]) -> Iterator[Span]:
    """Yield the stretches of lines that are or may be furniture, as ranges in `shown`.

    >>> list(runs([0, 2, 3, 5], {2, 3}))
    [(1, 3)]
    """
    first: int | None = None
    for i, k in enumerate([*shown, -1]):
        if k in furniture and first is None:
            first = i
        if k not in furniture and first is not None:
            yield first, i
            first = None


def enumerated(contents: Sequence[str], line: int) -> bool:
    """Tell whether a line is item (c) of a list that has (b) or (d) beside it.

    >>> enumerated(["(b) the wall; or", "(c) 2019 to 2021;"], 1), enumerated(["Harbour", "(c) 2019"], 1)
    (True, False)
    """
    mark = _LETTERED.match(contents[line])
    if mark is None:
        return False
    letter = mark[1].lower()
    near = {chr(ord(letter) - 1), chr(ord(letter) + 1)}
    return any(
        other is not None and other[1].lower() in near
        for other in map(_LETTERED.match, beside(contents, line))
    )


def beside(contents: Sequence[str], line: int) -> tuple[str, str]:
    """Return the lines before and after one, blank ones aside; empty at an edge.

    >>> beside(["a", "", "b", "c"], 2)
    ('a', 'c')
    """
    before = (contents[k].strip() for k in range(line - 1, -1, -1))
    after = (contents[k].strip() for k in range(line + 1, len(contents)))
    return next(filter(None, before), ""), next(filter(None, after), "")


def introduces(contents: Sequence[str], line: int) -> bool:
    """Tell whether a line of some words with a colon introduces the prose after it: who says what follows.

    >>> prose = "The ferry left at noon, and nobody on the wall knew why."
    >>> introduces(["More from the Harbour Bell:", prose], 0), introduces(["Read more:", prose], 0)
    (True, False)
    """
    shown = contents[line].rstrip()
    return (
        shown.endswith(_COLONS)
        and count_words(shown) >= INTRODUCING_WORDS
        and is_prose(beside(contents, line)[1])
    )


def adjoins(contents: Sequence[str], taken: Sequence[int], furniture: frozenset[int]) -> bool:
    """Tell whether lines that belong together end the document or are beside furniture.

    >>> adjoins(["Prose.", "Related", "A title"], (1, 2), frozenset())
    True
    >>> adjoins(["Prose.", "Related", "A title", "Prose."], (1, 2), frozenset())
    False
    """
    after = next((k for k in range(taken[-1] + 1, len(contents)) if contents[k].strip()), None)
    before = next((k for k in range(taken[0] - 1, -1, -1) if contents[k].strip()), None)
    return after is None or after in furniture or before in furniture


def interrupts(before: str, after: str) -> bool:
    """Tell whether what is between two lines interrupts a sentence.

    >>> interrupts("The ferry left the harbour of", "the island at noon."), interrupts("It left.", "and so on")
    (True, False)
    """
    return (
        count_words(before) >= INTERRUPTED_WORDS
        and not ends_sentence(before)
        and before[-1:].isalnum()
        and after[:1].islower()
    )
