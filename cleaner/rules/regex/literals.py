r"""The literal texts that a regex needs: no line matches it that holds none of them.

An automaton finds texts in a document many times as fast as it finds regexes, so the prefilter looks for
these first. A needed text is *at the head* when nothing but punctuation and digits can stand before it in its
line. All texts are in a normal form, in which letters of either case and runs of white space are
equal; a regex that tells them apart loses nothing but speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product
from typing import Final, NamedTuple, TypeAlias
from unicodedata import category

import re2

from cleaner.language.vocabulary import FUNCTION_WORDS
from cleaner.rules.regex import classes
from cleaner.rules.regex.folding import normal, spaced
from cleaner.rules.regex.nodes import (
    Alt,
    Atomic,
    Char,
    Chars,
    Edge,
    Group,
    Look,
    Named,
    Node,
    Repeat,
    Seq,
    Text,
)

MOST: Final = 400
"""Texts that are needed instead of each other; a regex with more of them is looked for as it is."""
ENOUGH: Final = 12
"""Characters of a text that is rare enough, whatever follows it."""
MOST_CHARS: Final = 12
"""Characters of a class that stand for as many texts."""
LEAST_WEIGHT: Final = 3.0
"""Weight from which a text is rare enough to be looked for."""
HEAD_WEIGHT: Final = 6.0
"""What a text at the head of a line gains in weight."""
DENSE_WEIGHT: Final = 2.0
"""Weight of a character beyond Latin, Greek and Cyrillic, which says more than a letter."""
SYMBOL_WEIGHT: Final = 3.0
"""Weight of a symbol that is neither letter nor usual punctuation."""
COMMON_WEIGHT: Final = 0.5
"""Weight of a function word and the space after it."""
_DENSE: Final = "\u0900"
_SYMBOLS: Final = frozenset({"So", "Sc"})
_RARE: Final = "@"


class Needed(NamedTuple):
    """A text that may be needed; `opens` and `closes` tell that no letter or digit stands before, after it."""

    text: str
    head: bool = False
    opens: bool = False
    closes: bool = False

    @property
    def weight(self) -> float:
        """Estimate how rare the text is."""
        if not self.text:
            return 0.0
        words = (COMMON_WEIGHT if word in FUNCTION_WORDS else _size(word) for word in self.text.split())
        return sum(words) + HEAD_WEIGHT * self.head


def _size(word: str) -> float:
    return sum(
        SYMBOL_WEIGHT
        if char in _RARE or category(char) in _SYMBOLS
        else DENSE_WEIGHT
        if char >= _DENSE
        else 1.0
        for char in word
    )


Texts: TypeAlias = frozenset[str]
NeededTexts: TypeAlias = frozenset[Needed]
_NOTHING: Final[Texts] = frozenset({""})


def needed(node: Node, *, head: bool = False) -> NeededTexts | None:
    r"""Return texts of which every match of a regex holds one; None where there are none to speak of.

    `head` tells that a match begins at the head of a line.

    >>> from cleaner.rules.regex.syntax import parse
    >>> sorted(found.text for found in needed(parse(r"^\W{0,4}(?:read|see) (?:more|also)\b.*$")) or ())
    ['read also', 'read more', 'see also', 'see more']
    """
    match node:
        case Group(inner) | Atomic(inner):
            return needed(inner, head=head)
        case Repeat(inner, low) if low:
            return needed(inner, head=head)
        case Alt(nodes):
            return _of_any([needed(child, head=head) for child in nodes])
        case _:
            nodes = node.nodes if isinstance(node, Seq) else (node,)
            found = max(_candidates([*_flat(nodes)], head), key=_worth, default=None)
            return found if found and _weight(found) >= LEAST_WEIGHT else None


def _of_any(found: Sequence[NeededTexts | None]) -> NeededTexts | None:
    """Return what a choice needs: what any branch does."""
    every = [part for part in found if part is not None]
    if len(every) < len(found):
        return None
    texts = frozenset[Needed]().union(*every)
    return texts if len(texts) <= MOST else None


def _weight(texts: NeededTexts) -> float:
    return min(text.weight for text in texts) if 0 < len(texts) <= MOST else 0.0


def _worth(texts: NeededTexts) -> tuple[float, int]:
    """Compare what may be needed: by weight, then by the words that are known to be whole."""
    return _weight(texts), sum(text.opens + text.closes for text in texts)


def _candidates(nodes: Sequence[Node], head: bool) -> Iterator[NeededTexts]:
    """Yield what the stretches of a sequence need, each on its own."""
    run = _Run(head)
    for i, node in enumerate(nodes):
        more = None if isinstance(node, Edge) else texts_of(node)
        if run.is_empty and isinstance(node, Edge):
            run = _Run(run.head or node.kind == "start", opens=node.kind in ("b", "start"))
        elif run.is_empty and run.head and _is_junk(node):
            if more:
                yield frozenset(Needed(text.strip()) for text in more)
            run = _Run(head=True, opens=_opens(nodes, i + 1))
        elif more is not None and len(run.texts) * len(more) <= MOST:
            run = replace(run, texts=_joined(run.texts, more))
        else:
            yield run.needed(closes=_closes(nodes, i))
            compound = isinstance(node, Alt) or (isinstance(node, Repeat) and node.low > 0)
            own = needed(node, head=run.head and run.is_empty) if compound else None
            if own is not None:
                yield own
            start = isinstance(node, Edge) and node.kind == "start"
            opens = _opens(nodes, i if more else i + 1)
            run = _Run(head=start, opens=opens, texts=more or _NOTHING)
    yield run.needed(closes=False)


@dataclass(frozen=True, slots=True)
class _Run:
    """The texts of some nodes that follow each other, and what is known of where they begin."""

    head: bool
    opens: bool = False
    texts: Texts = _NOTHING

    @property
    def is_empty(self) -> bool:
        return self.texts == _NOTHING

    def needed(self, *, closes: bool) -> NeededTexts:
        """Return them as needed ones; at the head of a line what is no letter is left out, as it is passed over."""
        found = set()
        for text in self.texts:
            ends = closes and len(text) < ENOUGH and _is_wordy(text[-1:])
            bare = _from_letter(text).strip() if self.head else ""
            if bare:
                ends = (ends or text[-1:] == " ") and _is_wordy(bare[-1:])
                found.add(Needed(bare, head=True, closes=ends))
            else:
                bare = text.strip()
                opens = (self.opens or text[:1] == " ") and _is_wordy(bare[:1])
                ends = (ends or text[-1:] == " ") and _is_wordy(bare[-1:])
                found.add(Needed(bare, opens=opens, closes=ends))
        return frozenset(found)


def _from_letter(text: str) -> str:
    """Return a text from its first letter on."""
    return next((text[i:] for i, char in enumerate(text) if is_letter(char)), "")


def _is_wordy(char: str) -> bool:
    return char.isalnum()


def _flat(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield the nodes of a sequence, with those of the groups in it that are sequences themselves."""
    for node in nodes:
        inner = node.node if isinstance(node, Group | Atomic) else node
        if isinstance(inner, Seq):
            yield from _flat(inner.nodes)
        else:
            yield inner


def _closes(nodes: Sequence[Node], at: int) -> bool:
    """Tell whether no letter or digit can follow what ends before node `at`."""
    while at and isinstance(nodes[at - 1], Edge):
        at -= 1
    for node in nodes[at:]:
        if _is_apart(node):
            return True
        if not _is_no_word(node):
            return False
    return False


def _opens(nodes: Sequence[Node], at: int) -> bool:
    """Tell whether no letter or digit can stand before what begins at node `at`."""
    for node in reversed(nodes[:at]):
        if _ends_apart(node):
            return True
        if not (isinstance(node, Repeat) and not node.low and _ends_apart(node.node)):
            return False
    return False


def _ends_apart(node: Node) -> bool:
    """Tell whether no letter or digit is at the end of what a node matches."""
    match node:
        case Group(inner) | Atomic(inner):
            return _ends_apart(inner)
        case Seq(nodes):
            return bool(nodes) and _ends_apart(nodes[-1])
        case Alt(nodes):
            return all(map(_ends_apart, nodes))
        case Repeat(inner, low):
            return low > 0 and _ends_apart(inner)
        case _:
            return _is_apart(node)


def _is_apart(node: Node) -> bool:
    """Tell whether a node keeps the words before and after it apart."""
    match node:
        case Edge(kind):
            return kind in ("b", "end", "start")
        case Repeat(inner, low):
            return low > 0 and _is_no_word(inner)
        case _:
            return _is_no_word(node)


def texts_of(node: Node) -> Texts | None:
    """Return all texts that a node can match, in normal form; None where they are too many.

    >>> from cleaner.rules.regex.syntax import parse
    >>> sorted(texts_of(parse("photos?|[ab]c")) or ()), texts_of(parse("a+"))
    (['ac', 'bc', 'photo', 'photos'], None)
    """
    match node:
        case Char(char):
            return frozenset({normal(char)})
        case Text(text):
            return frozenset({normal(text)})
        case Chars():
            return _of_class(node)
        case Edge() | Look():
            return _NOTHING
        case Group(inner) | Atomic(inner):
            return texts_of(inner)
        case Alt(nodes):
            found = [texts_of(child) for child in nodes]
            every = [part for part in found if part is not None]
            texts = frozenset[str]().union(*every)
            return texts if len(every) == len(found) and len(texts) <= MOST else None
        case Seq(nodes):
            texts, stop = _all_of(nodes)
            return texts if stop == len(nodes) else None
        case Repeat(inner, low, high):
            return _repeated(inner, low, high)
        case _:
            return None


def _joined(texts: Texts, more: Texts) -> Texts:
    """Return each of the texts with each of the others after it, as far as it is not long enough as it is."""
    longer = frozenset(spaced(a + b)[:ENOUGH] for a in texts if len(a) < ENOUGH for b in more)
    return longer | {text for text in texts if len(text) >= ENOUGH}


def _all_of(nodes: Sequence[Node]) -> tuple[Texts, int]:
    texts = _NOTHING
    for i, node in enumerate(nodes):
        more = texts_of(node)
        if more is None or len(texts) * len(more) > MOST:
            return texts, i
        texts = _joined(texts, more)
    return texts, len(nodes)


def _repeated(inner: Node, low: int, high: int | None) -> Texts | None:
    once = texts_of(inner)
    if once is None:
        return None
    if once <= {" "}:  # white space as it may be: one space in normal form
        return once | _NOTHING if not low else once
    if high == 1:
        return once | _NOTHING if not low else once
    if high == low and len(once) ** low <= MOST:
        return frozenset(spaced("".join(parts)) for parts in product(once, repeat=low))
    return None


@lru_cache(maxsize=4096)
def _of_class(node: Chars) -> Texts | None:
    if node.negated:
        return None
    found = set()
    for item in node.items:
        if isinstance(item, Named):
            if item != Named("s"):
                return None
            found.add(" ")
            continue
        first, last = map(ord, item)
        if last - first >= MOST_CHARS:
            return None
        found.update(normal(chr(code)) for code in range(first, last + 1))
    return frozenset(found) if len(found) <= MOST_CHARS else None


LETTER: Final = classes.WORD.replace(r"\p{Nd}", "").replace(r"\p{Pc}", "")
"""The characters of words, without digits and underscores, for use inside brackets."""


@lru_cache(maxsize=4096)
def is_letter(char: str) -> bool:
    """Tell whether a character ends what is passed over at the head of a line: punctuation and digits.

    >>> [is_letter(char) for char in "aé中7_»"]
    [True, True, True, False, False, False]
    """
    return _is_in(LETTER, char)


@lru_cache(maxsize=4096)
def _is_word(char: str) -> bool:
    return _is_in(classes.WORD, char)


def _is_in(inside: str, char: str) -> bool:
    data = char.encode("utf-8", "replace")
    found: int = _class(inside)._regexp.Match(re2._Anchor.ANCHOR_BOTH, data, 0, len(data))[0][0]
    return found >= 0


@cache
def _class(inside: str) -> re2._Regexp:
    return classes.compiled(f"[{inside}]")


def _is_junk(node: Node) -> bool:
    """Tell whether a node matches nothing but what is passed over at the head of a line."""
    return _is_without(node, is_letter)


def _is_no_word(node: Node) -> bool:
    """Tell whether a node matches no letters and digits."""
    return _is_without(node, _is_word)


def _is_without(node: Node, is_such: Callable[[str], bool]) -> bool:
    """Tell whether a node surely matches no such character."""
    match node:
        case Char(text) | Text(text):
            return not any(map(is_such, text))
        case Chars(items, negated):
            if negated:
                return Named("w") in items
            return all(_is_item_without(item, is_such) for item in items)
        case Repeat(inner) | Group(inner) | Atomic(inner):
            return _is_without(inner, is_such)
        case Alt(nodes) | Seq(nodes):
            return all(_is_without(child, is_such) for child in nodes)
        case Edge() | Look():
            return True
        case _:
            return False


def _is_item_without(item: tuple[str, str] | Named, is_such: Callable[[str], bool]) -> bool:
    if isinstance(item, Named):
        return item in (Named("s"), Named("w", negated=True)) or (item == Named("d") and is_such is is_letter)
    first, last = map(ord, item)
    return last - first < MOST_CHARS and not any(is_such(chr(code)) for code in range(first, last + 1))
