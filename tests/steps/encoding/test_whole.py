"""A document that was read in a wrong code page: what must stay first, then every page in every language."""

from __future__ import annotations

import pytest

from cleaner.model import Document
from cleaner.pipeline import Pipeline
from cleaner.settings import Settings
from cleaner.steps.encoding.codepages import LIKE_LATIN, READ_AS
from cleaner.steps.encoding.whole import LEAST, SAMPLE, pages_of
from tests.steps.encoding.test_codepages import read_as, sentences

ENCODING = Pipeline(Settings(steps=("encoding",)))

STAYING = [
    ["AMANHÃ…", "VOCÊ VÊ A IRMÃ…", "A MANHÃ…", "NÃO, SÓ A LÃ…"],
    ["In cp1251, “é” becomes “Г©”.", "In cp1251, “ö” becomes “Г¶”."],
    ["«СВГ»", "«ГРЕВ»", "Газета «Труд-Е»", "Нурофен®, Арбидол®"],
    ["–É a vida.", "–Às vezes.", "–Únicos."],
    [
        "s = √∑d",
        "s² = √∑d / √∑n",
        "x ≈π",
        "f(0) = √π",
        "a ≈∞ und √∫f, also √Ω",
        "x ≈ √2",
        "¬∃x ∧ ¬∀y",
        "f = ƒ(x)",
    ],
    ["RĂŞINARI", "BRĂŢARĂ", "PUŞCĂRIE"],
    ["USBкабель", "Wi-FiСеть", "iPhoneВ кредит"],
    ["┌─é─┐", "│ ñ │", "└─ü─┘"],
]


@pytest.mark.parametrize("lines", STAYING, ids=lambda lines: lines[0])
def test_lines_that_could_be_utf_8_by_chance_stay(lines: list[str]) -> None:
    for text in ("\n".join(lines), "\n\n".join(lines * 3) + "\n"):
        assert clean(text) == text


def test_right_sentences_of_all_languages_stay_together() -> None:
    for texts in sentences().values():
        for text in ("\n".join(texts), "\n".join(texts).upper(), "\n\n".join(reversed(texts))):
            assert clean(text) == text


THAI = "cp874"
"""Latin letters read in it are not told: Thai text has them beside its own."""


@pytest.mark.parametrize("page", sorted({*READ_AS} - {*LIKE_LATIN, THAI}))
def test_a_document_that_was_read_in_one_page_is_right_or_left(page: str) -> None:
    right, wrong = 0, []
    for texts in sentences().values():
        text = "\n\n".join(texts) + "\n"
        damaged = read_as(text.encode(), page)
        if damaged != text and not text.isascii():
            found = clean(damaged)
            right += found == text
            wrong += [] if found == text else [(text, found)]
    assert right >= 0.95 * (right + len(wrong)), wrong


def test_a_line_that_fits_two_pages_was_read_in_that_of_the_others() -> None:
    texts = ["Přišel večer a začalo pršet.", "Město žije.", "Čtyři děti šly k řece."]
    for page in ("cp1250", "iso8859_2", "cp852"):
        damaged = "\n".join(read_as(text.encode(), page) for text in texts)
        assert clean(damaged) == "\n".join(texts)


def test_right_lines_beside_misread_ones_stay() -> None:
    right = ["Größe und Stärke – beides.", "Ein Café «Zürich»", "Straße"]
    texts = ["Die Brücke ist gesperrt.", "Die Fähre fährt.", "Für Fußgänger frei."]
    damaged = [read_as(text.encode(), "cp1251") for text in texts]
    mixed = [line for pair in zip(right, damaged, strict=True) for line in pair]
    assert clean("\n".join(mixed)).split("\n") == [
        line for pair in zip(right, texts, strict=True) for line in pair
    ]


def test_two_parts_may_have_been_read_in_two_pages() -> None:
    german = ["Die Brücke ist gesperrt.", "Die Fähre fährt.", "Für Fußgänger frei."]
    czech = ["Přišel večer.", "Město žije.", "Čtyři děti."]
    damaged = [read_as(t.encode(), "cp1251") for t in german] + [read_as(t.encode(), "cp852") for t in czech]
    assert clean("\n".join(damaged)).split("\n") == german + czech


def test_what_a_later_look_sees_is_repaired_alike() -> None:
    texts = ["Fußgänger", "Größe", "Bär", "Ähre"]
    damaged = "\n".join(read_as(text.encode(), "cp1251") for text in texts)
    once = clean(damaged)
    assert clean(once) == once == "\n".join(texts)


def test_two_characters_are_not_enough() -> None:
    lines = [read_as(text.encode(), "cp1251") for text in ("Bär", "Öl", "Grün")]
    assert pages_of(lines[: LEAST - 1]) == ()
    assert pages_of(lines[:LEAST]) == ("cp1251",)


def test_some_lines_decide_for_all() -> None:
    lines = [read_as(f"Größe Nr. {k}".encode(), "cp1251") for k in range(4 * SAMPLE)]
    assert clean("\n".join(lines)) == "\n".join(f"Größe Nr. {k}" for k in range(4 * SAMPLE))


def clean(text: str) -> str:
    return ENCODING.clean(Document("a.txt", text)).text
