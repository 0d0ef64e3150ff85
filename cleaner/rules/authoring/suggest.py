"""Suggest rules: lines and shapes of lines that recur as furniture in a corpus and not in its content.

A line is a candidate when its shape recurs across documents of one source (or across sources), and
is before, after or away from the prose. Each candidate becomes a rule, is run by the production
matcher over the whole corpus, and is dropped when it touches a line of prose or a line that stands
in the midst of prose.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cleaner.lines import line_spans
from cleaner.rules.authoring.line_shapes import MOST_WORDS, Shape, is_prose, masked, matcher, shapes
from cleaner.rules.authoring.yaml_writer import pack_yaml, rule_yaml
from cleaner.rules.files.build import rule_from_data
from cleaner.rules.rule import Origin, Rule
from cleaner.rules.ruleset import RuleSet

PACK = "suggested"
_LEAST_DOCUMENTS = 3
_LEAST_SHARE = 0.1
_LEAST_SOURCES = 5
_NEAR = 2
_MOST_CONTENT = 2000
_MOST_TRIED = 8
"""Candidates that are tried for each suggestion that is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document of the corpus; `source` is its host or folder."""

    key: str
    text: str
    source: str = ""
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule as data, with what it was seen to match: documents, lines, and the lines around the first."""

    data: dict[str, Any]
    documents: int
    lines: int
    where: str
    sources: tuple[str, ...]
    context: tuple[str, ...]

    def yaml(self) -> str:
        """Write the rule, with what is known about it as comments."""
        named = ", ".join(source for source in self.sources[:3] if source)
        of = f" of {named}{' and others' if len(self.sources) > 3 else ''}" if named else ""
        comments = [f"{self.lines} lines in {self.documents} documents{of}, {self.where}", *self.context]
        return rule_yaml(self.data, comments=comments)


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    text: str
    prose: bool
    amid: bool
    """Has prose close before and close after it."""
    zone: str


def suggest(pages: Sequence[Page], *, rules: RuleSet | None = None, limit: int = 20) -> list[Suggestion]:
    """Return the best suggestions, best first; `rules` are those that exist, whose hits are left out.

    Deterministic; the order of the pages only affects which examples are chosen.
    """
    lines = _lines(pages, rules)
    seen = _Seen(pages, lines)
    tried = [
        _data(shape, [lines[i].text for i in numbers], pages, {lines[i].page for i in numbers})
        for shape, numbers in seen.ranked()[: limit * _MOST_TRIED]
    ]
    found: list[Suggestion] = []
    covered: set[int] = set()
    names: Counter[str] = Counter()
    for data, hits in zip(tried, _hits(tried, lines), strict=True):
        fresh = hits - covered
        if len({lines[i].page for i in fresh}) < _LEAST_DOCUMENTS or not _is_furniture(
            [lines[i] for i in hits]
        ):
            continue
        covered |= hits
        names[data["id"]] += 1
        if names[data["id"]] > 1:
            data["id"] += f"-{names[data['id']]}"
        found.append(_suggestion(data, sorted(hits), lines, pages))
        if len(found) == limit:
            break
    return found


def suggestions_yaml(found: Sequence[Suggestion]) -> str:
    """Write suggestions as a rule file."""
    return pack_yaml(PACK, [suggestion.yaml() for suggestion in found]) if found else ""


def _lines(pages: Sequence[Page], rules: RuleSet | None) -> list[_Line]:
    """Return the lines that no rule covers, each with where it stands."""
    kept = [_uncovered(page.text, rules) for page in pages]
    recurring = Counter(
        words for texts in kept for words in {masked(text) for text in texts if is_prose(text)}
    )
    lines: list[_Line] = []
    for number, texts in enumerate(kept):
        prose = [is_prose(text) and recurring[masked(text)] < _LEAST_DOCUMENTS for text in texts]
        places = [i for i, yes in enumerate(prose) if yes]
        first, last = (places[0], places[-1]) if places else (len(texts), len(texts))
        for i, text in enumerate(texts):
            amid = any(prose[max(0, i - _NEAR) : i]) and any(prose[i + 1 : i + 1 + _NEAR])
            zone = "at the head" if i < first else "at the end" if i > last else "between paragraphs"
            lines.append(_Line(number, text, prose[i], amid, zone))
    return lines


def _uncovered(text: str, rules: RuleSet | None) -> list[str]:
    spans = line_spans(text)
    known = {hit.line for hit in rules.hits(text, spans)} if rules is not None else set()
    pieces = (text[start:end].strip() for i, (start, end) in enumerate(spans) if i not in known)
    return [piece for piece in pieces if piece]


class _Seen:
    """In which documents the shapes of the candidate lines occur."""

    def __init__(self, pages: Sequence[Page], lines: Sequence[_Line]) -> None:
        self.sources = [page.source for page in pages]
        self.sizes = Counter(self.sources)
        self.lines = lines
        self.where: dict[Shape, list[int]] = defaultdict(list)
        for i, line in enumerate(lines):
            if not line.prose and len(words := masked(line.text)) <= MOST_WORDS:
                for shape in shapes(words):
                    self.where[shape].append(i)

    def ranked(self) -> list[tuple[Shape, list[int]]]:
        """Return the shapes that recur, those in most documents and with most fixed words first."""
        found = [(self.score(shape, numbers), shape, numbers) for shape, numbers in self.where.items()]
        chosen = [(score, shape, numbers) for score, shape, numbers in found if score > 0]
        chosen.sort(key=lambda entry: (-entry[0], entry[1].start, entry[1].end, not entry[1].whole))
        return [(shape, numbers) for _, shape, numbers in chosen]

    def score(self, shape: Shape, numbers: Sequence[int]) -> float:
        """Weigh a shape: documents times how much of it is fixed; 0 when it is too rare or too short."""
        if len(numbers) < _LEAST_DOCUMENTS or not _says_enough(shape):
            return 0
        documents = {self.lines[i].page for i in numbers}
        by_source = Counter(self.sources[page] for page in documents)
        recurs = len(by_source) >= _LEAST_SOURCES or any(
            count >= max(_LEAST_DOCUMENTS, _LEAST_SHARE * self.sizes[source])
            for source, count in by_source.items()
        )
        if not recurs:
            return 0
        if not shape.whole and len({self.lines[i].text for i in numbers}) < _LEAST_DOCUMENTS:
            return 0
        fixed = 1.0 if shape.whole else shape.fixed / (shape.fixed + 1)
        return len(documents) * fixed


def _says_enough(shape: Shape) -> bool:
    """Tell whether the fixed words of a shape carry a meaning: letters, and more than one common word."""
    words = [word for word in (*shape.start, *shape.end) if any(char.isalpha() for char in word)]
    letters = sum(char.isalpha() for word in words for char in word)
    marked = any(word[-1] in ":|©•·" or "0" in word for word in (*shape.start, *shape.end))
    return letters >= 4 and (shape.whole or len(words) >= 2 or marked)


def _hits(tried: Sequence[dict[str, Any]], lines: Sequence[_Line]) -> list[set[int]]:
    """Run the candidates over all lines by the production matcher."""
    rules = [replace(_rule(data), id=f"{PACK}/{i}") for i, data in enumerate(tried)]
    found: list[set[int]] = [set() for _ in tried]
    everything = RuleSet(rules)
    for i, line in enumerate(lines):
        for hit in everything.hits(line.text, [(0, len(line.text))]):
            found[int(hit.rule.name)].add(i)
    return found


def _is_furniture(hits: Sequence[_Line]) -> bool:
    """Tell whether what a rule matches is furniture: never prose, never in the midst of prose."""
    return not any(line.prose or line.amid for line in hits)


def _rule(data: dict[str, Any]) -> Rule:
    examples = {"examples": {"match": "", "no_match": ""}}
    return rule_from_data(PACK, "", {**data, **examples}, Origin("", 1, "command line"))


def _data(shape: Shape, texts: list[str], pages: Sequence[Page], documents: set[int]) -> dict[str, Any]:
    match = matcher(shape, texts)
    words = max(len(text.split()) for text in texts)
    languages = Counter(pages[page].language for page in documents)
    language, count = languages.most_common(1)[0]
    data: dict[str, Any] = {"id": _slug(shape), "description": _description(shape)}
    if language != "und" and count >= 0.9 * len(documents):
        data["languages"] = [language]
    data |= {"scope": "line", "match": match}
    if "literal" not in match:
        data["guard"] = {"max_words": words + 2}
    return {**data, "action": "drop"}


def _slug(shape: Shape) -> str:
    text = unicodedata.normalize("NFKD", " ".join((*shape.start, *shape.end)))
    words = re.findall(r"[a-z]+", "".join(char for char in text if not unicodedata.combining(char)))
    return "-".join(words[:5])[:40].strip("-") or "line"


def _description(shape: Shape) -> str:
    start, end = (" ".join(words).replace("0", "N") for words in (shape.start, shape.end))
    if shape.whole:
        return f"The recurring line {start!r}"
    parts = [f"starting with {start!r}" if start else "", f"ending in {end!r}" if end else ""]
    return f"Recurring lines {' and '.join(part for part in parts if part)}"


def _suggestion(
    data: dict[str, Any], hits: Sequence[int], lines: Sequence[_Line], pages: Sequence[Page]
) -> Suggestion:
    texts = list(dict.fromkeys(lines[i].text for i in hits))
    zones = Counter(lines[i].zone for i in hits)
    documents = {lines[i].page for i in hits}
    sources = Counter(pages[page].source for page in documents)
    data = {
        **data,
        "examples": {"match": texts[:3], "no_match": _near(texts[0], documents, lines, _rule(data))},
    }
    around = next(_around(i, lines) for i in hits)
    return Suggestion(
        data,
        len(documents),
        len(hits),
        zones.most_common(1)[0][0],
        tuple(source for source, _ in sources.most_common()),
        tuple(around),
    )


def _around(i: int, lines: Sequence[_Line]) -> Iterator[str]:
    for k in (i - 1, i, i + 1):
        if 0 <= k < len(lines) and lines[k].page == lines[i].page:
            text = lines[k].text if len(lines[k].text) <= 70 else lines[k].text[:67] + "..."
            yield f"{'>' if k == i else ' '} {text}"


def _near(text: str, documents: set[int], lines: Sequence[_Line], rule: Rule) -> list[str]:
    """Return two content lines of these documents, nearest to a text in words, that the rule leaves alone."""
    words = set(masked(text))
    content = {line.text: None for line in lines if line.page in documents and (line.prose or line.amid)}
    ranked = sorted(
        list(content)[:_MOST_CONTENT], key=lambda other: (-len(words & set(masked(other))), len(other), other)
    )
    alone = RuleSet((rule,))
    found: list[str] = []
    for other in ranked[:50]:
        cut = other if len(other) <= 160 else other[:160].rsplit(" ", 1)[0]
        if not alone.hits(cut, [(0, len(cut))]):
            found.append(cut)
        if len(found) == 2:
            return found
    return found or [f"It is not {text}"]
