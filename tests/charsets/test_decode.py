"""Decoding: what is no text, Unicode in all its shapes, damaged and mixed files, legacy encodings."""

from __future__ import annotations

import codecs
import contextlib
import random
import time
import unicodedata
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner.charsets.decode import MIXED, decode, encode
from cleaner.errors import CleanerError, QuarantineError
from tests.conftest import PROJECT

CASES = PROJECT / "tests" / "cases" / "encoding"
GERMAN = "Die Brücke über den Fluß wurde für den Verkehr geöffnet.\n"
RUSSIAN = "Вчера вечером выпал первый снег, и дорогу закрыли.\n"
CHINESE = "昨天晚上下了第一场雪，公路被关闭了。\n"


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + noise(50), id="png"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + noise(50), id="pdf"),
        pytest.param(b"PK\x03\x04" + noise(50), id="zip"),
        pytest.param(noise(2000), id="random"),
        pytest.param(b"\0" * 400, id="zeros"),
        pytest.param(bytes(range(256)) * 8, id="all bytes"),
    ],
)
def test_not_text(data):
    with pytest.raises(QuarantineError, match="not text"):
        decode(data)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"", "", "utf-8"),
        (b"plain\r\nwords\r", "plain\r\nwords\r", "utf-8"),
        (b"one \0 zero byte in a line of words", "one \0 zero byte in a line of words", "utf-8"),
        (b"\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m", "utf-8"),
        ("naïve café".encode(), "naïve café", "utf-8"),
        ("\U0001f600 \u2028 \x85".encode(), "\U0001f600 \u2028 \x85", "utf-8"),
        ("half \ud83d pair".encode("utf-8", "surrogatepass"), "half \ud83d pair", "utf-8"),
        (b"caf\xe9", "café", "cp1252"),
        (b"(format nil ~{abcd~} x)", "(format nil ~{abcd~} x)", "utf-8"),
        (b"\x93so\x94 \x96 \x80 5", "“so” – € 5", "cp1252"),
    ],
)
def test_text(data, text, encoding):
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.undecodable) == (text, encoding, ())
    assert decoded.exact
    assert encode(decoded.text, decoded.encoding, decoded.bom) == data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CHINESE, "x\n", "emoji 😀\n", "한국어 문장입니다.\r\n"])
@pytest.mark.parametrize("mark", [True, False])
def test_utf_16_and_32(text, encoding, mark):
    data = (("\ufeff" if mark else "") + text).encode(encoding)
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.exact) == (text, encoding, True)
    assert encode(decoded.text, decoded.encoding, decoded.bom) == data


def test_utf_8_byte_order_mark_is_kept_apart():
    decoded = decode(codecs.BOM_UTF8 + b"text")
    assert (decoded.text, decoded.bom, decoded.exact) == ("text", codecs.BOM_UTF8, True)


@pytest.mark.parametrize(
    ("data", "text", "ranges"),
    [
        pytest.param(
            (GERMAN * 3).encode() + "später".encode()[:3],
            GERMAN * 3 + "sp\ufffd",
            [(len((GERMAN * 3).encode()) + 2, len((GERMAN * 3).encode()) + 3)],
            id="cut at the end",
        ),
        pytest.param(
            RUSSIAN.encode() + RUSSIAN.encode().replace(b" ", b"\xff ", 1),
            RUSSIAN + RUSSIAN.replace(" ", "\ufffd ", 1),
            [(102, 103)],
            id="stray byte",
        ),
        pytest.param("a\nb\n".encode("utf-16") + b"\0", "a\nb\n\ufffd", [(10, 11)], id="half a unit"),
        pytest.param(
            CHINESE.encode("gb18030")[:-2], CHINESE[:-2] + "\ufffd", [(34, 35)], id="half a character"
        ),
    ],
)
def test_undecodable(data, text, ranges):
    decoded = decode(data)
    assert decoded.text == text
    assert [span[:2] for span in decoded.undecodable] == ranges
    assert not decoded.exact


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_mixed_lines_german(encoding):
    data = (
        (GERMAN * 2).encode()
        + GERMAN.encode(encoding)
        + b"plain\n"
        + GERMAN.encode(encoding)
        + GERMAN.encode()
    )
    decoded = decode(data)
    assert decoded.text == GERMAN * 3 + "plain\n" + GERMAN * 2
    assert (decoded.encoding, decoded.exact, decoded.undecodable) == (MIXED, False, ())


@pytest.mark.parametrize(
    ("text", "encoding"), [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (RUSSIAN, "cp866"), (CHINESE, "gb18030")]
)
def test_mixed_lines(text, encoding):
    data = text.encode() + text.encode(encoding) * 2 + text.encode()
    assert decode(data).text == text * 4


def test_mixed_cannot_be_encoded():
    with pytest.raises(CleanerError, match="two encodings"):
        encode("text", MIXED)


@pytest.mark.parametrize(
    ("data", "declared", "encoding"),
    [
        ("Déjà vu, la fenêtre fermée".encode("cp1252"), "koi8-r", "cp1252"),
        (RUSSIAN.encode("cp1251"), "iso-8859-1", "cp1251"),
        (RUSSIAN.encode(), "windows-1251", "utf-8"),
        (b"caf\xe9", "no-such-charset", "cp1252"),
        (b"caf\xe9", "utf-8", "cp1252"),
        (b"caf\xe9 au lait", "iso-8859-1", "cp1252"),
        (b"caf\xe9 au lait", "ISO-8859-2", "iso8859-2"),
        ("中国".encode("gbk"), "gb2312", "gb18030"),
        (b'<meta charset="windows-1250"> \xe9', None, "cp1250"),
        (b'<?xml version="1.0" encoding="ISO-8859-15"?><a>\xe9</a>', None, "iso8859-15"),
        (b'<meta charset="big5">' + RUSSIAN.encode("cp1251"), None, "cp1251"),
    ],
)
def test_declared(data, declared, encoding):
    assert decode(data, declared=declared).encoding == encoding


def toned(text):
    """Write Vietnamese as Windows-1258 has it: tones as combining marks."""
    for char in unicodedata.normalize("NFC", text):
        try:
            char.encode("cp1258")
            yield char
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            base, tone = parts[:-1], parts[-1]
            if tone in "\u0302\u0306\u031b":
                base, tone = base[0] + tone, base[1]
            yield unicodedata.normalize("NFC", base) + tone


@cache
def legacy_files():
    """All files of the table: language, encoding, text and bytes."""
    files = []
    for case in YAML(typ="safe").load((CASES / "legacy.yaml").read_text("utf-8")):
        sentences = case["sentences"]
        for encoding in case["encodings"]:
            for text in (
                sentences[0],
                "\r\n".join(sentences[::3]),
                " ".join(sentences[1:]),
                "\n".join(sentences),
            ):
                text = "".join(toned(text)) if encoding == "cp1258" else text
                files.append((case["language"], encoding, text, text.encode(encoding)))
    return files


def test_the_legacy_set_is_large_enough():
    assert len(legacy_files()) >= 300
    assert len({encoding for _, encoding, _, _ in legacy_files()}) >= 40


@cache
def decoded_text(data):
    return decode(data).text


PAGE = """<html><head><title>{0}</title>
<style type="text/css">body {{ font-family: Verdana, sans-serif; color: #ffffff }}</style>
<script>function openWindow(url, name) {{ return window.open(url, name, 'width=500'); }}</script></head>
<body bgcolor="#ffffff"><table width="100%" border="0" cellspacing="0"><tr><td class="content" align="left">
<a href="/index.php?option=content&amp;task=view&amp;id=12" title="home page">{0}</a></td></tr></table>
{1}</body></html>"""


def test_markup_does_not_count():
    wrong = []
    for case in YAML(typ="safe").load((CASES / "legacy.yaml").read_text("utf-8")):
        for encoding in case["encodings"]:
            cells = "".join(
                f'<tr><td class="content"><p align="left">{text}</p></td></tr>\n'
                for text in case["sentences"]
            )
            page = PAGE.format(case["sentences"][0], cells)
            page = "".join(toned(page)) if encoding == "cp1258" else page
            if decoded_text(page.encode(encoding)) != page:
                wrong.append((case["language"], encoding))
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Wałęsa", "cp1250"),
        ("Dvořák", "cp1250"),
        ("naïve", "cp1252"),
        ("São Paulo", "cp1252"),
        ("it’s “so”", "cp1252"),
        ("Москва", "cp1251"),
        ("Αθήνα", "cp1253"),
        ("東京都", "shift_jis"),
    ],
)
@pytest.mark.parametrize("times", [1, 10])
def test_a_foreign_word_in_english(words, encoding, times):
    text = "The company said on Monday that it would open a new office, and nobody knows why. " * times
    assert decoded_text((text + words + ". " + text).encode(encoding)) == text + words + ". " + text


def right(files, decoder):
    return [(language, encoding) for language, encoding, text, data in files if decoder(data) == text]


def test_legacy_encodings():
    wrong = [
        (language, encoding, len(data), decode(data).encoding)
        for language, encoding, text, data in legacy_files()
        if decoded_text(data) != text
    ]
    assert 1 - len(wrong) / len(legacy_files()) >= 0.985, wrong


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp"])
@pytest.mark.parametrize(
    "text",
    [
        "ﾊﾝｶｸ ｶﾀｶﾅﾃﾞ ｶｶﾚﾀ ﾃｷｽﾄ ﾃﾞｽ。ﾆﾎﾝｺﾞﾉ ﾌｧｲﾙ ｦ ﾖﾐｺﾐﾏｽ。",
        "商品名 ﾃﾚﾋﾞ ﾘﾓｺﾝ 価格 1,200円\n商品名 ｶﾒﾗ 価格 9,800円\n",
    ],
)
def test_katakana_of_half_the_width(text, encoding):
    assert decode(text.encode(encoding)).text == text


def test_accents_are_no_katakana():
    text = "K´alal la yich´ik te st´unel sk´op ta slumal, ja´ la sna´ te ya´tel. " * 40
    assert not any(char >= "\u3000" for char in decode(text.encode("cp1252")).text)


@pytest.mark.parametrize("encoding", ["kz1048", "ptcp154"])
def test_kazakh(encoding):
    text = "Біздің қаланың кітапханасы жаңа ғимаратқа көшті, ұлт өнері мен мәдениеті үшін."
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp1140", "cp273"])
@pytest.mark.parametrize(
    "text",
    [
        "The harbour office is closed on Monday, said the master.\n" * 2,
        GERMAN * 2,
        "Le marché ouvre à sept heures, même pendant l'été.\nL'élève était là.",
    ],
)
def test_mainframes(text, encoding):
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.exact) == (text, True)
    assert decoded.encoding.startswith("cp")


def test_line_ends_of_mainframes():
    text = "The harbour office is closed on Monday,\nsaid the master.\n"
    decoded = decode(text.replace("\n", "\x85").encode("cp037"))
    assert (decoded.text, decoded.exact) == (text, False)


@pytest.mark.parametrize(
    "data",
    [
        b"a@b@c @d@ @e@ @f@ plain words",
        b"@" * 60,
        ("é" * 30 + "@" * 8).encode("cp1252"),
        RUSSIAN.encode("koi8_r"),
    ],
)
def test_no_mainframes(data):
    assert decode(data).encoding not in ("cp037", "cp500", "cp1140", "cp273", "cp1026", "cp424", "cp875")


def test_capitals_are_read_as_small_letters_are():
    wrong, count = [], 0
    for language, encoding, text, _ in legacy_files():
        capitals = text.upper()
        with contextlib.suppress(UnicodeEncodeError):
            count += 1
            if decoded_text(capitals.encode(encoding)) != capitals:
                wrong.append((language, encoding, capitals[:30]))
    assert 1 - len(wrong) / count >= 0.96, wrong


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"])
@pytest.mark.parametrize(
    "text", ["ОСТОРОЖНО, ЗЛАЯ СОБАКА!", "РАСПРОДАЖА ЗИМНЕЙ ОБУВИ", "Осторожно, ЗЛАЯ СОБАКА!"]
)
def test_signs_in_capital_cyrillic(text, encoding):
    assert decode(text.encode(encoding)).text == text


def test_legacy_encodings_give_their_bytes_back():
    for _, _, _, data in legacy_files():
        decoded = decode(data)
        assert not decoded.exact or encode(decoded.text, decoded.encoding, decoded.bom) == data


def test_better_than_charset_normalizer():
    from charset_normalizer import from_bytes

    files = legacy_files()[::4]
    others = right(files, lambda data: str(from_bytes(data).best()))
    assert len(right(files, decoded_text)) > len(others)


def test_better_than_chardet():
    chardet = pytest.importorskip("chardet")

    def by_chardet(data):
        name = chardet.detect(data)["encoding"]
        return data.decode(name or "ascii", "replace")

    others = right(legacy_files(), by_chardet)
    assert len(right(legacy_files(), decoded_text)) > len(others)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xa2\xcc")
def test_any_bytes_come_back_or_are_named(data):
    try:
        decoded = decode(data)
    except QuarantineError:
        return
    if decoded.exact:
        assert encode(decoded.text, decoded.encoding, decoded.bom) == data
    elif decoded.encoding != MIXED:  # bytes are missing, or the codec has two ways to write a character
        assert encode(decoded.text, decoded.encoding, decoded.bom) != data
    assert all(0 <= start < end <= len(data) for start, end, _ in decoded.undecodable)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_utf_8_is_always_itself(text):
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


HOSTILE = {
    "script tags": b"<script>caf\xe9 ",
    "no end of a tag": b"<a \xe9",
    "no character": b"\xff",
    "c1": b"\x81\x9d ",
    "utf-8 and not": "é".encode() + b"\xff\n",
    "utf-8 and not on one line": "é".encode() + b"\xff",
    "lead bytes": b"\xe9\x80",
    "double bytes": b"\xb0\xa1\xff",
}


def seconds(data):
    start = time.process_time()
    with contextlib.suppress(QuarantineError):
        decode(data)
    return time.process_time() - start


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.timed
def test_twice_the_input_takes_less_than_2_5_times_as_long(kind):
    data = HOSTILE[kind] * 20_000
    ratios = []
    for _ in range(5):  # another process may have had the processor
        ratios.append(seconds(data * 2) / max(seconds(data), 0.02))
        if ratios[-1] < 2.5:
            return
    pytest.fail(f"{ratios}")
