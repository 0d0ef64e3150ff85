"""Few bytes that do not fit: no encoding is made of them, and what can be read in its word is read."""

from __future__ import annotations

import random
import unicodedata

import pytest

from cleaner.charsets.decode import MIXED, decode
from cleaner.charsets.strays import (
    FEW,
    FEW_IN,
    LEAST,
    LEAST_USUAL,
    LETTERS_FOR_ONE,
    RUN,
    are_few,
    is_borne_out,
    word_score,
)

WORDS = (
    "The council met on Friday to talk about the bridge, and it did not agree on anything at all. "
    "Snow fell during the night, so the road was closed until the early afternoon. "
)
ENGLISH = WORDS.encode()


@pytest.mark.parametrize(
    "junk",
    [
        b"\xb0\xa1",
        b"\xc8\xb2",
        b"\x8f\xbc",
        b"\xcf\xf0",
        b"\xed",
        b"\xff\xfe",
        b"\x81",
        b"\xb3\xc7 and \xc0\xd6",
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", ["in a word", "between words"])
def test_two_stray_bytes_are_no_encoding(junk: bytes, place: str) -> None:
    at = ENGLISH.index(b"ouncil") if place == "in a word" else ENGLISH.index(b"met")
    data = ENGLISH[:at] + junk + (b" " if place != "in a word" else b"") + ENGLISH[at:]
    decoded = decode(data)
    assert {unicodedata.name(c).split()[0] for c in decoded.text if c.isalpha() and c not in "µªº"} == {
        "LATIN"
    }
    assert [decoded.text.count(word) for word in ("Friday", "night", "closed")] == [1, 1, 1]


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_of_ascii_makes_no_other_script(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(ENGLISH * chance.choice((1, 3, 30)))
    for _ in range(chance.choice((1, 2))):
        data[chance.randrange(len(data))] = chance.randrange(0x80, 0xC0)
    text = decode(bytes(data)).text
    assert all(
        char.isascii() or "LATIN" in unicodedata.name(char, "LATIN")
        for char in text
        if char.isalpha() and char not in "µªº"
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("caf\xe9", "café"),
        ("it\x92s na\xefve and d\xe9j\xe0 vu", "it’s naïve and déjà vu"),
        (
            '{"id": "caf\xe9-1", "text": "The caf\xe9 is closed."}',
            '{"id": "café-1", "text": "The café is closed."}',
        ),
        ("10 \x80 and \xa3 5", "10 € and £ 5"),
        ("They met in S\xe3o Paulo and M\xfcnchen again", "They met in São Paulo and München again"),
    ],
)
def test_few_bytes_that_make_words(data: str, text: str) -> None:
    decoded = decode(data.encode("latin-1"))
    assert (decoded.text, decoded.encoding, decoded.exact) == (text, "cp1252", True)


@pytest.mark.parametrize(
    ("data", "text", "unreadable"),
    [
        ("déjà ".encode() * 3 + b"caf\xc3 x", "déjà " * 3 + "caf\ufffd x", 1),
        ("déjà ".encode() * 3 + b"x \x94 y", "déjà " * 3 + "x \ufffd y", 1),
        ("Снег выпал ".encode() * 3 + b"\xe9 ", "Снег выпал " * 3 + "\ufffd ", 1),
        ("下雪了 ".encode() * 3 + b"\xe4\xb8 x", "下雪了 " * 3 + "\ufffd x", 1),
        ("café and ".encode() + b"na\xefve", "café and naïve", 0),
        ("“Oh” ".encode() + b"it\x92s", "“Oh” it’s", 0),
        ("d\xe9j\xc3\xa0 vu, ".encode("latin-1") + "là-bas déjà".encode(), "déjà vu, là-bas déjà", 0),
    ],
)
def test_strays_in_utf_8(data: bytes, text: str, unreadable: int) -> None:
    decoded = decode(data)
    assert (decoded.text, len(decoded.undecodable)) == (text, unreadable)
    assert not decoded.exact
    assert decoded.encoding == ("utf-8" if unreadable else MIXED)


@pytest.mark.parametrize(
    ("letters", "high", "few"),
    [
        (LETTERS_FOR_ONE * RUN, RUN, True),
        (LETTERS_FOR_ONE * RUN - 1, RUN, False),
        (0, RUN - 1, True),
        (100, FEW, True),
        (100, FEW + 1, False),
        (FEW_IN * (FEW + 1), FEW + 1, True),
        (FEW_IN * (FEW + 1) - 1, FEW + 1, False),
        (100, 0, False),
    ],
)
def test_are_few(letters: int, high: int, few: bool) -> None:
    assert are_few(b"a" * letters + b"\xe9" * high) is few


@pytest.mark.parametrize(
    ("text", "encoding", "evidence", "right"),
    [
        ("the rest 江 of it", "gb18030", False, False),
        ("the rest 江河 of it", "gb18030", False, False),
        ("the rest 江河水 of it", "gb18030", False, True),
        ("the rest 江 of it", "gb18030", True, True),
        ("cafй", "cp1251", True, False),
        ("the да", "cp1251", False, False),
        ("the мир", "cp1251", False, True),
        ("Wałęsa said", "cp1250", False, True),
    ],
)
def test_words_bear_out_an_encoding(text: str, encoding: str, evidence: bool, right: bool) -> None:
    assert is_borne_out(text.encode(encoding), encoding, evidence=evidence) is right


@pytest.mark.parametrize(
    ("word", "encoding", "low", "high"),
    [
        ("naïve", "cp1252", LEAST_USUAL, 0),
        ("Æsop", "cp1252", LEAST_USUAL, LEAST),  # just above the one, just below the other
        ("x¦y", "cp1252", -99, LEAST_USUAL),
        ("Dvořák", "cp1250", LEAST, 0),
    ],
)
def test_word_score(word: str, encoding: str, low: float, high: float) -> None:
    assert low < word_score(word.encode(encoding), encoding) < high
