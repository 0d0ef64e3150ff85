"""What a scorer or a rule may not take.

Protected blocks and outlines are removed as a whole or not at all; notices, and what leads to lines that
stay, are kept. Of the lines that the documents of a source share, those around an article are furniture:
navigation, the name of the site, a footer. One amid it is as often a heading (`Ingredients`, `Abstract`), or
names what follows it (`Serves 4`, `Answer`), and the text makes no sense without it; so it is kept, unless it
is part of a box that is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.language.words import count_words, ends_sentence
from cleaner.protected import WHOLE, Kind, protect
from cleaner.protected.code.signals import UNMISTAKABLE, signal
from cleaner.steps.boilerplate.evidence import is_prose, is_weak, runs
from cleaner.steps.boilerplate.sections import is_bulleted

SHELTERED: Final[dict[str, frozenset[Kind]]] = {
    "article": WHOLE | {"list"},
    "page": frozenset({"code", "mathematics", "front-matter"}),
}
"""Kinds of which no part is taken, by profile: a whole page is laid out in tables and lists."""

MOST_OF_A_LIST: Final = 0.5
"""Where more of its items are to be removed, a list is furniture itself."""

OUTLINE: Final = 8
"""Bulleted lines in a row that are one list, whatever their bullets and levels are."""

NOTICE_LINES: Final = 6
"""Lines below a copyright line among which its licence begins."""
ASIDE_WORDS: Final = 3
"""Words of an aside in brackets."""
_ASIDE: Final = regex(r"\([^\W\d_][^()\[\]:/©|]*\)|\[[^\W\d_][^()\[\]:/©|]*\]|（[^（）：／]+）")
LISTED: Final = 4
"""Lines of a list of words."""
_NOTICE: Final = regex(r"(?i)copyright|©|\(c\)|\ball rights reserved\b")
_REMARK: Final = regex(r"\s*(?:#|//|/?\*+|%|;|--)\s")
"""How a remark begins in a file for a program."""
HEADING_WORDS: Final = 5
"""A heading over a copyright line has so many words, or fewer."""
_LEGAL: Final = regex(
    r"(?i)^\W{0,4}(?:head\d )?(?:(?:\w+ ){0,3}and )?"
    r"(?:copyright|licen[cs]es?|licensing|legal|lizenz|licencia|licença|licenza|лиценз|ліценз"
    r"|droits|rechte|rettigheter|авторск|авторськ|版权|版權|著作権|저작권|许可|ライセンス)"
)
_NOTICE_MARK: Final = regex(r"©|\(c\)|\d{4}")
_GRANT: Final = regex(
    r"(?i)\bpermission (?:is hereby granted, free of charge|to use, copy, modify)|\bredistribution and use in source\b"
    r"|\b(?:the above|this) copyright notice\b|\blicensed under the apache license, version\b"
    r"|\bunder the terms of the gnu\b|\bthis (?:software|program|library) is (?:free software|provided [\"'“‘]as[- ]is)"
)

SENTENCE_WORDS: Final = 8
"""Words from which a line that ends like a sentence is one."""
BOX: Final = 4
"""So many lines amid an article, one below the other and without figures, are a box of links or buttons."""
_INTRODUCES: Final = regex(
    r"[:,\N{FULLWIDTH COLON}\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}\N{ARABIC COMMA}]\s*$"
)
"""How a line ends that leads on to the next one: a label, the salutation of a letter, the formula over a name."""
_COMMAND: Final = regex(
    r"\s*(?:=[a-z]+\d?\b|[.'][A-Za-z]{2}\b|\\[A-Za-z]+\b|[%;]+\s|//\s|--\s|#\w|/\w|\w+_\w+\b|-----[A-Z]"
    r"|\.\.\s|#{1,6}\s.*[.:]$|[A-Za-z][\w.-]*\s*=)"
)
"""How a line of a markup, a comment, a path, a name or a setting begins."""


def torn(drops: Iterable[int], text: str, contents: Sequence[str], profile: str) -> set[int]:
    """Return those of the lines to be removed that are in a protected block whose other lines would be kept."""
    dropped = set(drops)
    spared: set[int] = set()
    protected = protect(text) if dropped else None
    for line in sorted(dropped):
        block = protected.block_at(line) if protected and line not in spared else None
        if block and block.kind in SHELTERED[profile]:
            inside = {k for k in range(block.first, block.stop) if contents[k].strip()}
            mostly = block.kind == "list" and len(inside & dropped) > MOST_OF_A_LIST * len(inside)
            if not inside <= dropped and not mostly:
                spared |= inside & dropped
    return spared


def scattered(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in a long outline most of which would be kept.

    >>> sorted(scattered({2, 3}, ["1. A", *["- b"] * 8]))
    [2, 3]
    """
    dropped = set(drops)
    spared: set[int] = set()
    run: list[int] = []
    for k, line in enumerate((*contents, "end")):
        if is_bulleted(line) or line.lstrip().startswith("o "):  # how text browsers write a second level
            run.append(k)
        elif line.strip():
            gone = dropped.intersection(run)
            if len(run) >= OUTLINE and len(gone) <= MOST_OF_A_LIST * len(run):
                spared |= gone
            run = []
    return spared


def around_nothing(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are one or two words, in a list of words, which states nothing.

    A list of words to learn, or of the buttons of a program, has nothing that furniture could stand around.

    >>> sorted(around_nothing({1, 2}, ["Harbour", "Share", "Print", "Rope"]))
    [1, 2]
    >>> sorted(around_nothing({1, 2}, ["It is late.", "Share", "Print", "Rope"]))
    []
    """
    weak = {k for k in drops if is_weak(contents[k])}
    if not weak or any(map(ends_sentence, contents)):
        return set()
    return weak if sum(map(bool, map(str.strip, contents))) >= LISTED else set()


def leading(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed at the edges of an article that lead to lines which would be kept.

    That is, anywhere but above prose, a single label between lines that stay; and, below the last prose,
    whatever does not reach the end of the text.

    >>> sorted(leading({1}, ["Write to us", "Address", "3 Quay Street"]))
    [1]
    """
    dropped = set(drops)
    shown = [k for k, line in enumerate(contents) if line.strip()]
    last = max((k for k in shown if is_prose(contents[k])), default=len(contents))
    spared: set[int] = set()
    for first, stop in runs(shown, dropped):
        if stop < len(shown) and not is_prose(contents[shown[stop]]):
            run = shown[first:stop]
            spared |= set(run) if run[0] > last or (first > 0 and len(run) == 1) else set()
    return spared


def is_aside(line: str) -> bool:
    """Tell whether a line is a few words in brackets: what is done or heard in a record of what was said.

    >>> is_aside("(Applause.)"), is_aside("[Laughter]"), is_aside("(Photo: Anna Berg)"), is_aside("(12)")
    (True, True, False, False)
    """
    return bool(_ASIDE.fullmatch(line.strip())) and count_words(line) <= ASIDE_WORDS


def is_notice(contents: Sequence[str], line: int) -> bool:
    """Tell whether a line is the copyright line of a licence that begins below it, of a file, or under its own heading.

    >>> is_notice(["Copyright 2019 Jane Example", "Permission to use, copy, modify it is granted."], 0)
    True
    >>> is_notice(["Copyright 2019 Jane Example", "Permission was granted."], 0)
    False
    >>> is_notice(["# Copyright 2019 Jane Example", "north: 12"], 0)
    True
    >>> is_notice(["AUTHOR AND COPYRIGHT", "", "Copyright 2019 Jane Example"], 2)
    True
    """
    if not _NOTICE.search(contents[line]):
        return False
    if _REMARK.match(contents[line]):
        return True
    above = next((contents[k] for k in range(line - 1, -1, -1) if contents[k].strip()), "")
    if len(above.split()) <= HEADING_WORDS and _LEGAL.search(above) and not _NOTICE_MARK.search(above):
        return True
    below = (contents[k] for k in range(line + 1, len(contents)) if contents[k].strip())
    return any(_GRANT.search(text) for text in islice(below, NOTICE_LINES))


def is_sentence(line: str) -> bool:
    """Tell whether a line is long and ends like a sentence.

    >>> is_sentence("The Tide Table belongs to those who write it, he said."), is_sentence("Share this!")
    (True, False)
    """
    return ends_sentence(line) and count_words(line) >= SENTENCE_WORDS


def dividing(contents: Sequence[str], shared: Set[int]) -> set[int]:
    """Return those of the lines that documents share which are part of what they stand in.

    >>> page = ["Our Site", "Leek soup", "Ingredients", "3 leeks", "Method", "Fry them.", "Home", "About us"]
    >>> sorted(dividing(page, {0, 2, 4, 6, 7}))
    [0, 2, 4]
    >>> sorted(dividing(["Our Site", "Leek soup", "Fry them."], {0}))
    []
    """
    shown = [k for k, line in enumerate(contents) if line.strip()]
    stays = {k for k in shared if is_written(contents[k])}
    edges: list[set[int]] = []
    for first, stop in runs(shown, shared - stays):
        run = shown[first:stop]
        if first and stop < len(shown):
            stays.update(_amid(contents, run))
        else:
            edges.append(set(run))
            stays.update(_leading_on(contents, run, head=stop < len(shown)))
    divided = any(not is_written(contents[k]) for k in stays)
    return stays.union(*(edge for edge in edges if divided and len(edge) == 1))


def _leading_on(contents: Sequence[str], run: Sequence[int], *, head: bool) -> Sequence[int]:
    """Return those of the lines of a run at an edge that belong to a letter, or introduce what follows."""
    if head:
        return run[-1:] if _INTRODUCES.search(contents[run[-1]]) else ()
    return run if _INTRODUCES.search(contents[run[0]]) else ()


def _amid(contents: Sequence[str], run: Sequence[int]) -> Iterator[int]:
    """Yield those of the lines of a run amid an article that lead to what follows: those after its last sentence."""
    if len(run) >= BOX and not any(char.isdigit() for k in run for char in contents[k]):
        return
    for k in reversed(run):
        if is_sentence(contents[k]):
            return
        yield k


def is_written(line: str) -> bool:
    """Tell whether a line is written for a program: markup, a comment, a setting, a path.

    >>> is_written("=head1 NAME"), is_written("%s in all" % 3), is_written("Share this page")
    (True, False, False)
    """
    return _COMMAND.match(line) is not None or signal(line) == UNMISTAKABLE
