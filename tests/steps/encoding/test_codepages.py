"""Mojibake beyond ftfy's: negatives first, then every language and code page, and the bounds of certainty."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML

from cleaner.charsets.scores import Pairs
from cleaner.edits import splice
from cleaner.steps.encoding import codepages, find
from cleaner.steps.encoding.codepages import PAIRS, READ_AS, _beyond, reread
from tests.conftest import PROJECT

CONTEXT: Any = SimpleNamespace(rules={"encoding/mojibake": True})

NATURAL = [
    "In UTF-8 read as Latin-1, “é” becomes “Ã©”.",
    "`Ã©` is what you see when UTF-8 is decoded as Windows-1252.",
    "If you see â€™ instead of an apostrophe, the charset is wrong.",
    "Dans un fichier en ISO-8859-1, le mot « cafÃ© » est en fait café.",
    "Der Name „Ã©“ steht für „é“.",
    "The letter Ã is used in Portuguese: MAÇÃ, SÃO, IRMÃ.",
    "Þórður Ægisson býr á Ísafirði og æfir sig á þaki.",
    "GØÐUR DAGUR Í HØVN",
    "Tiếng Việt có dấu: ườ, ặ, ễ, ỡ.",
    "ˈðɪs ɪz ə ˈtɛst",
    "Jäääär ja töööö, kuuuurija",
    "hääyöaie, Ääni yöllä, sää ja jää",
    "Dvořák, Łódź, Győr, ŻÓŁĆ",
    "La créée, l’idée; Señor Núñez ñoñería; põe, mães, ções",
    "°º¤ø,¸¸,ø¤º°`°º¤ø,¸",
    "¿¿¿Qué??? ¡¡¡GOOOL!!!",
    "×××××× ÷÷÷ ½¼¾ ²³¹ £££ ©®™§¶",
    "ÄÄÄÄÄÄÄH! ÖÖÖÖÖ ÿÿÿÿ",
    "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß",
    "│ Имя │ Возраст │",
    "├── Документы",
    "└──Файл.txt",
    "—Да, —сказал он. –А ты? –Я тоже.",
    "Москва–Киев, 5 м² и 3 м³",
    "ايه؟ «نعم»، قال… ٪ ° © 2020",
    "“שלום” — אמר ©",
    "เธอบอกว่าเธอเน้นเธอ™",
    "E = mc²³, 10³km, ¹see note, word¹and²more",
]


def clean(text: str) -> str:
    return splice(text, sorted(find(text, CONTEXT), key=lambda edit: edit.start))


@pytest.mark.parametrize("text", NATURAL)
def test_natural_text_stays(text: str) -> None:
    assert clean(text) == text


@cache
def sentences() -> dict[str, list[str]]:
    cases = YAML(typ="safe").load(
        (PROJECT / "tests" / "cases" / "encoding" / "legacy.yaml").read_text("utf-8")
    )
    return {case["language"]: case["sentences"] for case in cases}


def test_sentences_of_all_languages_stay_small_and_capital() -> None:
    for texts in sentences().values():
        for text in texts:
            assert reread(text) is None
            assert clean(text.upper()) == text.upper()


def read_as(data: bytes, encoding: str) -> str:
    """Decode as careless programs do: a byte that is no character becomes a control character."""
    return "".join(bytes([code]).decode(encoding, "ignore") or chr(code) for code in data)


@pytest.mark.parametrize(
    "page", [page for page in READ_AS if page not in ("koi8_u", "cp1254", "cp1257", "iso8859_15")]
)
def test_utf_8_read_in_a_code_page(page: str) -> None:
    wrong, count = [], 0
    for texts in sentences().values():
        for text in (text for text in texts if not text.isascii()):
            count += 1
            found = reread(read_as(text.encode(), page))
            if found is None or found.text != text:
                wrong.append((text, found))
    most = 0.05 if page == "iso8859_2" else 0.03  # much of it reads as Windows-1250 does
    assert len(wrong) <= most * count, wrong
    assert sum(found is not None for _, found in wrong) <= 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        b"\xe9",
        b"a\xe9",
        b"\xe9a",
        b"a\xe9b",
        b"\xe9\xe8",
        b"\xe9 \xe8",
        b"\xe9 - \xe8b\xc1\xc2\xc3",
        b"\x80.\x81",
    ],
)
def test_pairs_are_counted_as_they_are_scored(data: bytes) -> None:
    pairs = Pairs.of(data)
    assert _beyond(data) == pairs.count[pairs.high].sum()


@pytest.mark.parametrize(("text", "asked"), [("Ïðèâ", 0), ("Ïðèâå", 1)])
def test_too_few_pairs_are_not_scored(text: str, asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[bytes] = []

    def none_of(data: bytes) -> Any:
        scored.append(data)
        return data, 0.0, [SimpleNamespace(total=0.0, high=0.0)]

    monkeypatch.setattr(codepages, "_scored", none_of)
    assert _beyond(text.encode("cp1252")) in (PAIRS - 1, PAIRS)
    reread(text)
    assert len(scored) == asked


PAGES = {
    "ru": "cp1251 koi8_r", "uk": "cp1251", "bg": "cp1251", "el": "cp1253", "he": "cp1255", "ar": "cp1256",
    "zh": "gb18030", "zh-tw": "big5", "ja": "cp932 euc_jp", "ko": "cp949", "pl": "cp1250", "ro": "cp1250",
    "cs": "cp1250", "tr": "cp1254", "lv": "cp1257", "lt": "cp1257", "hu": "cp1250", "sk": "cp1250", "hr": "cp1250",
    "th": "cp874", "et": "cp1257",
}  # fmt: skip


@pytest.mark.parametrize("language", PAGES)
def test_one_code_page_read_as_windows_1252_is_right_or_left(language: str) -> None:
    right = 0
    for page in PAGES[language].split():
        for text in (text for text in sentences()[language] if not text.isascii()):
            found = reread(read_as(text.encode(page, "ignore"), "cp1252"))
            if found is not None:
                assert found.text == text.encode(page, "ignore").decode(page)
                right += 1
    assert right or language in ("hu", "hr", "et"), "where signs tell one language from another"


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("Ïðèâåò", "Привет"),
        ("She wrote: Ïðèâåò, ìèð! And left.", "She wrote: Привет, мир! And left."),
        ("ÊáëçìÝñá", "Καλημέρα"),
        ("He said â€œno wayâ€ and left, â€œat onceâ€.", "He said “no way” and left, “at once”."),
        ("â€œWait,â€", "“Wait,”"),
        ("from â€œaâ€? to â€œbâ€?", "from “a\ufffd to “b\ufffd"),
        ("D├®j├á vu, lÔÇÖh├┤tel", "Déjà vu, l’hôtel"),
        (
            "Die BrÃŒcke fÃŒhrt ÃŒber den Fluss, die FÃ€hre fÃ€hrt.",
            "Die Brücke führt über den Fluss, die Fähre fährt.",
        ),
        (
            "Die BrĂźcke fĂźhrt Ăźber den Fluss, die FĂ¤hre fĂ¤hrt nur tagsĂźber.",
            "Die Brücke führt über den Fluss, die Fähre fährt nur tagsüber.",
        ),
        ("La niĂ±a estĂ¡ en la estaciĂ³n.", "La niña está en la estación."),
        ("Die StraÃŸe fÃ¼hrt Ã¼ber die BrÃ¼cke.", "Die Straße führt über die Brücke."),
        (
            "Podul este închis pânã în primãvarã, iar bacul circulã doar ziua.",
            "Podul este închis până în primăvară, iar bacul circulă doar ziua.",
        ),
        (
            "A híd tavaszig zárva, a komp csak nappal közlekedik, sõt õszig.",
            "A híd tavaszig zárva, a komp csak nappal közlekedik, sőt őszig.",
        ),
        ("Œ®áâ §\xa0ªàëâ ¤® ¢¥á\xadë, \xa0 ¯\xa0à®¬ å®¤¨â", "Мост закрыт до весны, а паром ходит"),
        ("PĆµhjatĆ¤ht sĆ¤rab Ć¶Ć¶sel.", "Põhjatäht särab öösel."),
        ("àÁ×èÍÇÒ¹¹Õéà·ÈºÒÅ»Ô´ÊÐ¾Ò¹à¡èÒ¢éÒÁáÁè¹éÓ", "เมื่อวานนี้เทศบาลปิดสะพานเก่าข้ามแม่น้ำ"),
        ("–Я—В–Њ –µ—Й—С –љ–µ –Ї–Њ–љ–µ—Ж", "Это ещё не конец"),
        (
            "Wojna siê skoñczy³a, a ludzie wrócili do pracy i ¿ycia.",
            "Wojna się skończyła, a ludzie wrócili do pracy i życia.",
        ),
    ],
)
def test_repaired(damaged: str, text: str) -> None:
    if damaged.startswith("–"):
        damaged = read_as(text.encode(), "mac_cyrillic")
    assert clean(damaged) == text
    assert clean(text) == text


@pytest.mark.parametrize(
    ("language", "page"), [("zh", "gb18030"), ("ja", "cp932"), ("ru", "cp1251"), ("el", "cp1253")]
)
def test_long_lines(language: str, page: str) -> None:
    text = "".join(sentences()[language]) * 60
    assert clean(read_as(text.encode(page), "cp1252")) == text


def test_a_line_that_was_cut_keeps_what_cannot_be_read() -> None:
    text = "Вчера вечером выпал первый снег"
    damaged = read_as(text.encode()[:-1], "cp1252")
    assert clean(damaged) == text[:-1] + damaged[-1]
