"""Sentences and paragraphs that are incomplete, or that repeat themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.engines.lazy import regex
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import ends_sentence, line_at, line_kind

_SUBORDINATE = regex(
    r", (but|while|although|though|because|which|who|where|when|so|since|as|whose)\b(?P<tail>[^,.;:!?]*)$"
)
_FINITE = regex(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|said|says|[a-z]{3,}ed)\b"
)
_VERB_LIKE = regex(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|shall|should|did|does|do|go|goes|went|"
    r"got|get|gets|say|says|said|came|come|comes|took|take|takes|made|make|makes|left|lost|won|gave|give|gives|know|knew|see|saw|"
    r"[a-z]+(?:ed|es|n't|’t|'s been|ing))\b"
)
_FEWEST_WORDS = 8
"""Words of a paragraph that stops inside a clause; a shorter one is a heading."""
_LONGEST_TAIL = 6
"""Words after the last conjunction: more of them have a verb of their own."""
_GOES_ON = regex(r"\w|\ ?[.!?]")
"""What follows a full stop that ends no sentence: a name of a host, the next dot of three."""
_FEWEST_BEFORE = 4
"""Words of the sentence before one of a participle and a noun: where it is shorter, both are notes."""
_REACH = 200
_FRAGMENT = regex(r"(?<=[.!?] )([A-Z][a-z]+ed) ([a-z]{3,})\.(?=\s|$)")


def broken_sentence(sheet: Sheet, options: Options) -> Iterator[Mark]:
    r"""Mark a paragraph that stops inside a clause: ", but the city's harbour" and nothing after it.

    The paragraph before must end as a sentence and something must follow, so that titles are not flagged.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> text = "It rained.\n\nThe port had been shut for weeks, but the city's harbour\n\nIt was quiet."
    >>> [(m.start, m.end) for m in broken_sentence(sheet_of(text), {})]
    [(50, 68)]
    """
    text, lines = sheet.text, sheet.lines
    filled = [i for i, (start, end) in enumerate(lines) if text[start:end].strip()]
    for k, i in enumerate(filled[1:-1], start=1):
        start, end = lines[i]
        line = text[start:end].rstrip()
        if ends_sentence(line) or not line[-1:].islower() or len(line.split()) < _FEWEST_WORDS:
            continue
        match = _SUBORDINATE.search(line)
        if match is None or not _stops(line, match) or not ends_sentence(text[slice(*lines[filled[k - 1]])]):
            continue
        if line_kind(text, lines, i) in ("prose", "heading") and text[lines[filled[k + 1]][0]].isupper():
            yield Mark(start + match.start("tail") + 1, start + len(line))


def _stops(line: str, match: re.Match[str]) -> bool:
    """Tell whether the main clause has a verb and the clause after the conjunction has none."""
    tail = match["tail"]
    words = tail.split()
    return (
        1 <= len(words) <= _LONGEST_TAIL
        and not _VERB_LIKE.search(tail)
        and bool(_FINITE.search(line[: match.start()]))
    )


def fragment_participle(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a sentence of a participle and a noun, as in "Redeployed units".

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> text = "They left the coast. Regrouped units. It rained."
    >>> [(m.start, m.end) for m in fragment_participle(sheet_of(text), {})]
    [(21, 37)]
    """
    excepted = frozenset(options.get("except", ()))
    for match in _FRAGMENT.finditer(sheet.text):
        if not match[2].endswith("s") or not excepted.isdisjoint((match[1].lower(), match[2])):
            continue
        if _words_before(sheet.text, match.start()) >= _FEWEST_BEFORE:
            yield Mark(match.start(), match.end())


def _words_before(text: str, at: int) -> int:
    """Count the words of the sentence that ends before a place: notes are short all along."""
    words = text[max(0, at - _REACH) : at].split()
    ends = [i for i, word in enumerate(words[:-1]) if word[-1] in ".!?"]
    return len(words) - 1 - ends[-1] if ends else len(words)


def dangling_word(sheet: Sheet, options: Options) -> Iterator[Mark]:
    r"""Mark the end of a sentence, or of a paragraph, that is a word which needs the next one.

    `options["before_mark"]` are such words before a full stop, `options["at_end"]` those at the end of a
    paragraph, after a line of `options["fewest"]` words or more. A line that continues on the next one is
    no end.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> options = {"before_mark": ["the"], "at_end": ["of"], "fewest": 4}
    >>> text = "We met to discuss the. It was in the south of\n\nWe rode to the south of\nthe town."
    >>> [text[m.start : m.end] for m in dangling_word(sheet_of(text), options)]
    ['discuss the.', 'south of']
    """
    text = sheet.text
    for start, end in sheet.scan.finditer(_dangling(options)):
        line = line_at(sheet.lines, start)
        marked = text[end - 1] in ".!?"
        whole = not _GOES_ON.match(text, end) if marked else _last_line(sheet, line)
        head = text[max(sheet.lines[line][0], start - _REACH) : end]
        if whole and len(head.split()) >= options["fewest"]:
            yield Mark(start, end)


def _last_line(sheet: Sheet, line: int) -> bool:
    """Tell whether a line is the last of its paragraph."""
    return line + 1 == len(sheet.lines) or not sheet.text[slice(*sheet.lines[line + 1])].strip()


def _dangling(options: Options, language: str = "") -> str:
    before_mark, at_end = "|".join(options["before_mark"]), "|".join(options["at_end"])
    return rf"(?m)\b\p{{Ll}}+ (?:{before_mark})[.!?]|\b\p{{Ll}}+ (?:{at_end})$"


BROKEN_SENTENCE = Detector(
    broken_sentence,
    plain_trigger(
        r"(?m), (?:but|while|although|though|because|which|who|where|when|so|since|as|whose)\b"
        r"[^,.;:!?\n]*[a-z]\s*$"
    ),
)
DANGLING_WORD = Detector(dangling_word, _dangling)
FRAGMENT_PARTICIPLE = Detector(fragment_participle, plain_trigger(r"[.!?] [A-Z][a-z]+ed [a-z]{3,}[.]"))
