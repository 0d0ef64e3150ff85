"""Every threshold of the step, with a case just below it and one just above."""

from __future__ import annotations

import pytest

from cleaner.model import JSON
from cleaner.steps.translation.detectors import DETECTORS
from cleaner.steps.translation.detectors.glued import _whole
from cleaner.steps.translation.detectors.lexicon import _whole as _whole_entry
from cleaner.steps.translation.detectors.plausible import glued
from cleaner.steps.translation.findings import sheet_of
from cleaner.steps.translation.masks import line_kind
from cleaner.steps.translation.score import _sentences, facts, sentence_count

RAIN = "It rained all day."
QUIET = "The harbour of the old town is quiet today and the boats are home"
EIGHT = "one two three four five six seven eight"


def found(name: str, text: str, options: dict, language: str = "en") -> int:
    return len(list(DETECTORS[name].find(sheet_of(text, language), options)))


def stopped(words: str, tail: str) -> str:
    return f"{RAIN}\n\n{words}, but {tail}\n\n{RAIN}"


def looped(unit: str, times: int, rest: str = "") -> str:
    return " ".join([unit] * times) + rest


def mostly(foreign: int) -> str:
    return f"{'мы' * (foreign // 2)} {'a' * (99 - foreign)}"


BELOW_AND_ABOVE = [
    # detector, options, language, a text with no mark, a text with marks
    (
        "broken-sentence",
        {},
        "en",
        stopped("The port had shut", "the town"),
        stopped("The old port had shut", "the town"),
    ),
    (
        *("broken-sentence", {}, "en"),
        stopped("The port had been shut for a month", "a b c d e f g"),
        stopped("The port had been shut for a month", "a b c d e f"),
    ),
    (
        *("fragment-participle", {"except": []}, "en"),
        "It rained there. Regrouped units. Then.",
        "It rained there often. Regrouped units. Then.",
    ),
    (
        *("quote-orphan-line", {}, "en"),
        'net\n"\na boat of old pine',
        'net\n"\na boat of very old pine',
    ),
    (
        *("untranslated-passage", {"fewest": 6}, "en"),
        f"{RAIN}\n\nund der Hafen war nicht mehr offen für alle Boote,\n\n{RAIN}",
        f"{RAIN}\n\nund der Hafen war nicht mehr offen für alle Boote und Leute,\n\n{RAIN}",
    ),
    (
        *("script-foreign", {"fewest": 2}, "en"),
        f"{QUIET}. The song says:\n" + "港\n" * 19 + f"港雨\n{QUIET}. " + QUIET * 3,
        f"{QUIET}. The song says:\n" + "港\n" * 20 + f"港雨\n{QUIET}. " + QUIET * 3,
    ),
    ("stem-repeat", {}, "en", "they opened to opening", "they planned to planning"),
    ("stem-repeat", {}, "en", "they skiied to skiing", "they skiiped to skiiping"),
    ("stem-repeat", {}, "en", "they abcdexyed to abcdeing", "they abcdexed to abcdeing"),
    ("stem-repeat", {}, "en", "it was treated by treatment", "it was involved by involvement"),
    ("looping-text", {"times": 4}, "en", looped(EIGHT + " nine", 4), looped(EIGHT, 4)),
    ("looping-text", {"times": 4}, "en", looped(EIGHT, 3, " and so on, and so it ends"), looped(EIGHT, 4)),
    ("looping-text", {"times": 4}, "en", looped("a bit more of it,", 4), looped("a bit more of it,", 5)),
    (
        "looping-text",
        {"times": 4},
        "en",
        f"{QUIET} {looped('so it goes', 3)}",
        f"{QUIET} {looped('so it goes', 4)}",
    ),
    (
        "looping-text",
        {"times": 4},
        "en",
        f"{QUIET} {looped('abc defgh', 4)}",
        f"{QUIET} {looped('abc defghi', 4)}",
    ),
    ("script-foreign", {"fewest": 2}, "en", f"{QUIET} я in it.", f"{QUIET} мы in it."),
    ("script-foreign", {"fewest": 2}, "en", mostly(22), mostly(20)),
    (
        *("untranslated-passage", {"fewest": 6}, "en"),
        f"{RAIN} Der alte Hafen ist nicht. {RAIN}",
        f"{RAIN} Der alte Hafen ist nicht mehr. {RAIN}",
    ),
    (
        *("untranslated-passage", {"fewest": 6}, "en"),
        f"{RAIN} Die Leute warten lange und auf das Boot nicht the. {RAIN}",
        f"{RAIN} Die Leute warten schon lange und auf das Boot nicht the. {RAIN}",
    ),
    (
        *("untranslated-passage", {"fewest": 6}, "en"),
        f"{RAIN} Wir bleiben och Freunde inte hier und warten gerne. {RAIN}",
        f"{RAIN} Wir bleiben och Freunde inte hier und warten nicht gerne. {RAIN}",
    ),
    (
        *("untranslated-passage", {"fewest": 6}, "en"),  # Spanish or Portuguese: neither is sure
        f"{RAIN} noite por una casa que amigos. {RAIN}",
        f"{RAIN} los amigos fueron por una cena que fue muy buena. {RAIN}",
    ),
    (
        "space-before-punct",
        {"most": 2},
        "en",
        "a boat , a net , a rope , all old",
        "a boat , a net , and a rope",
    ),
    ("quote-inner-space", {"most": 1}, "en", "“ one” “ two”", "“ one ” “two”"),
    (
        *("dangling-word", {"before_mark": ["the"], "at_end": ["of"], "fewest": 6}, "en"),
        "we met to discuss the.",
        "we met there to discuss the.",
    ),
    ("french-spacing", {"fewest": 2}, "fr", "Que faire ? Il part: bon.", "Que faire ? Oui ! Il part: bon."),
    (
        "french-spacing",
        {"fewest": 2},
        "fr",
        "Oui ! Non ! Il part: là; ici: bon.",
        "Oui ! Non ! Il part: là; ici.",
    ),
    ("space-missing-after", {}, "en", "red car,old boat,blue bus,black van", "red car,old boat,blue bus"),
    (
        "space-missing-after",
        {},
        "en",
        "It is saved as mp3.The rest is lost.",
        "It is saved as one.The rest is lost.",
    ),
    (
        *("glued-words", {"words": ["there"], "except": []}, "en"),
        "Morozovthere Morozovthere Morozovthere",
        "Morozovthere Morozovthere",
    ),
]


@pytest.mark.parametrize(("name", "options", "language", "below", "above"), BELOW_AND_ABOVE)
def test_detectors(name: str, options: dict, language: str, below: str, above: str) -> None:
    assert found(name, below, options, language) == 0
    assert found(name, above, options, language) > 0


def words(count: int) -> str:
    return " ".join(["word"] * count)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (words(18), "heading"),
        (words(19), "prose"),
        ("\n".join([words(3)] * 4), "verse"),
        ("\n".join([words(3)] * 3), "heading"),
        ("\n".join(["It is so."] * 4 + [words(3)] * 5), "verse"),
        ("\n".join(["x" * 60] * 4), "verse"),
        ("\n".join(["x" * 61] * 4), "heading"),
        ("\n".join([words(3), words(3), words(3), "It was."]), "verse"),
        ("\n".join([words(3), words(3), "It is.", "It was."]), "heading"),
        ("The harbour master | who has been here for years | said so.", "table"),
        ("The harbour master | who has been here for years, said so.", "prose"),
    ],
)
def test_kinds_of_lines(text: str, kind: str) -> None:
    assert line_kind(text, sheet_of(text).lines, 0) == kind


def sentences(count: int, size: int) -> str:
    return " ".join([f"{words(size - 1)} end."] * count)


def reason(text: str) -> JSON:
    return {fact.name: fact.value for fact in facts(sheet_of(text, "en"), [])}["translated_reason"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (sentences(4, 20), "fewer than 5 sentences"),
        (sentences(5, 20), None),
        (sentences(5, 12)[5:], "fewer than 60 words"),
        (sentences(5, 12), None),
        (sentences(20, 5), "not news-like: the length of its sentences"),
        (sentences(20, 6), None),
        (sentences(5, 61), "not news-like: the length of its sentences"),
        (sentences(5, 60), None),
        (sentences(5, 50) + " so you x you x you x you end.", "not news-like: it speaks to the reader"),
        (sentences(5, 50) + " so you x you x you end.", None),
        (
            sentences(5, 20) + ("\n" + "x" * 17 + " b c d e f g h i j end.") * 9,
            "not news-like: too little of it is prose",
        ),
        (sentences(5, 20) + ("\n" + "x" * 18 + " b c d e f g h i j end.") * 9, None),
        (sentences(5, 20) + "\n" + "x" * 400, "not news-like: too little of it is prose"),
        (sentences(5, 20) + "\n" + "x" * 300, None),
    ],
)
def test_what_gets_a_score(text: str, expected: str | None) -> None:
    assert reason(text) == expected


ZIPF = {
    "copyright": 3.5,
    "bay": 3.5,
    "ox": 3.5,
    "bridges": 3.4,
    "bridge": 3.5,
    "harborunder": 1.0,
    "portunder": 0.9,
}


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("EPAcopyrigh", []),
        ("bridgesunder", []),
        ("bridgeunder", ["bridgeunder"]),
        ("bayunder", ["bayunder"]),
        ("oxunder", []),
        ("harborunder and harbor", []),
        ("portunder and port", ["portunder"]),
        ("bridgeunder bridgeunder", ["bridgeunder", "bridgeunder"]),
        ("bridgeunder bridgeunder bridgeunder", []),
    ],
)
def test_plausible_words(text: str, marked: list[str]) -> None:
    found = glued(text, ["under"], lambda word: ZIPF.get(word.lower(), 0.0))
    assert [text[start:end] for (start, end), _ in found] == marked


@pytest.mark.parametrize(
    ("text", "whole"),
    [("EPA rest", True), ("EPAs rest", False), ("EPA. Rest", True), ("EPA_rest", False), ("EPA-rest", False)],
)
def test_a_match_is_a_whole_word(text: str, whole: bool) -> None:
    assert _whole(text, 0, 3) is whole
    assert _whole(f"x{text}", 1, 4) is False
    assert _whole(f". {text}", 2, 5) is whole


@pytest.mark.parametrize(
    ("text", "start", "end", "whole"),
    [
        ("the maße was", 4, 7, False),
        ("the maß was", 4, 7, True),
        ("éma was", 1, 3, False),
        (" ma was", 1, 3, True),
        ("ma", 0, 2, True),
    ],
)
def test_an_entry_of_the_lexicon_is_a_whole_word(text: str, start: int, end: int, whole: bool) -> None:
    assert _whole_entry(text, start, end) is whole


@pytest.mark.parametrize(
    ("text", "words", "exact"),
    [
        ("It rained. " * 10, 100, False),  # from here on, what is enough is not counted exactly
        ("It rained! " * 10, 100, True),  # no full stop before a space
        ("It rained. " * 4 + "Why? " * 6, 100, True),  # four are too few
        ("It rained. " * 5 + "Why? " * 5, 100, False),
        ("It rained. " * 5, 301, True),  # more words than 60 for each
        ("It rained. " * 5, 300, False),
        ("It rained. " * 10 + "3.5", 65, True),  # with the point in a number, fewer words than 6 for each
        ("It rained. " * 10 + "3.5", 66, False),
        ("It rained.\n" * 10, 100, False),
    ],
)
def test_sentences_are_counted_where_the_number_matters(text: str, words: int, exact: bool) -> None:
    count, known = sentence_count(text), _sentences(sheet_of(text, "en"), words)
    assert (known == count) if exact else (known <= count)
    assert (known < 5, not 6 <= words / known <= 60) == (count < 5, not 6 <= words / count <= 60)
