"""Tells the encoding of bytes that are not UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaner.charsets.east_asian import east_score, east_scores
from cleaner.charsets.scores import Pairs, Score, sample, single_byte_scores

_MAGIC: Final = (
    (rb"\x89PNG\r\n\x1a\n", "PNG image"),
    (rb"GIF8[79]a", "GIF image"),
    (rb"\xff\xd8\xff", "JPEG image"),
    (rb"RIFF.{4}(?:WAVE|AVI |WEBP)", "RIFF container"),
    (rb"%PDF-\d", "PDF document"),
    (rb"PK\x03\x04", "ZIP archive"),
    (rb"\x1f\x8b\x08", "gzip archive"),
    (rb"BZh[1-9]1AY&SY", "bzip2 archive"),
    (rb"\xfd7zXZ\0", "xz archive"),
    (rb"\x28\xb5\x2f\xfd", "zstd archive"),
    (rb"7z\xbc\xaf\x27\x1c", "7z archive"),
    (rb"Rar!\x1a\x07", "RAR archive"),
    (rb"\x7fELF", "ELF program"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document"),
    (rb"SQLite format 3\0", "SQLite database"),
    (rb"PAR1\x15", "Parquet table"),
)
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {*b"\0\t\n\v\f\r\x1a\x1b"})

_WIDER: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
"""What is declared under one name and written in another, as browsers have it."""
_IMPLAUSIBLE: Final = -9.0
"""Below this, a pair of bytes is less probable than random letters are, in nats."""
_RARE_IN_EAST: Final = -11.0
"""What rare characters cost in the languages of East Asia, in nats."""
_TOLERANCE: Final = 0.5
"""How much less probable each pair may be in the declared encoding than in the best, in nats."""


def binary_reason(data: bytes) -> str | None:
    r"""Return the reason why these bytes are not text, None if they may be.

    >>> binary_reason(b"\x89PNG\r\n\x1a\n...")
    'PNG image'
    """
    for magic, name in _MAGIC:
        if re.match(magic, data, re.DOTALL):
            return name
    head = data[: 1 << 20]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 8 + len(head) // 50 or head.count(0) > len(head) // 2:
        return "too many control characters"
    return None


def seven_bit(data: bytes) -> str | None:
    r"""Tell an encoding that hides other scripts in ASCII by its escape sequences.

    >>> seven_bit("日本".encode("iso2022_jp"))
    'iso2022_jp'
    """
    candidates: tuple[str, ...] = ()
    if b"\x1b$" in data:
        korean = b"\x1b$)C" in data
        candidates = (
            ("iso2022_kr",) if korean else ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_3")
        )
    elif b"~{" in data and re.search(rb"~\{(?:[\x21-\x7d][\x21-\x7e])+~\}", data):
        candidates = ("hz",)
    return next((encoding for encoding in candidates if _is_wide_text(data, encoding)), None)


def _is_wide_text(data: bytes, encoding: str) -> bool:
    """Tell whether the bytes decode, and to more than ASCII: `~{` may as well be in a program."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    beyond = sum(not char.isascii() for char in text)
    language = {"iso2022_kr": "ko", "hz": "zh-cn"}.get(encoding, "ja")
    return beyond > 0 and east_score(text, encoding, language, 0.0, 0.0).high > _RARE_IN_EAST * beyond


def wide_encoding(data: bytes) -> str | None:
    r"""Tell UTF-16 and UTF-32 without byte order mark by where their zero bytes are.

    >>> wide_encoding("plain words".encode("utf-16-le"))
    'utf-16-le'
    """
    head = data[: 1 << 16]
    if b"\0" not in head or _is_utf8_with_zeros(head):
        return None
    best, most = None, 0.9
    for encoding, size, kind in (
        ("utf-32-le", 4, "<u4"),
        ("utf-32-be", 4, ">u4"),
        ("utf-16-le", 2, "<u2"),
        ("utf-16-be", 2, ">u2"),
    ):
        codes = np.frombuffer(head[: len(head) // size * size], np.dtype(kind)).astype(np.int64)
        share = float(np.mean(_usual(codes) - _UNLIKE_ASCII * (codes >= 0x80))) if codes.size else 0.0
        if share > most:
            best, most = encoding, share
    return best


def _is_utf8_with_zeros(data: bytes) -> bool:
    """Tell whether a few zero bytes are all that is odd; a character may be cut at the end of the sample."""
    try:
        data[:-4].replace(b"\0", b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    controls = len(data) - len(data.translate(None, b"\0" + _CONTROLS))
    return controls * 10 < len(data)


_UNLIKE_ASCII: Final = 0.02
"""How much less a character outside ASCII is worth: swapped ASCII looks like Chinese."""
_USUAL: Final = (
    (0x9, 0xE), (0x20, 0x7F), (0xA0, 0x1200), (0x1E00, 0x2000), (0x2010, 0x2040), (0x20A0, 0x20C0),
    (0x3000, 0x3100), (0x4E00, 0x9FA6), (0xAC00, 0xE000), (0xFF01, 0xFF66),
    (0x1F000, 0x20000), (0x20000, 0x30000),
)  # fmt: skip


def _usual(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which code points are usual in text."""
    found = np.zeros(codes.shape, bool)
    for low, high in _USUAL:
        found |= (codes >= low) & (codes < high)
    return found


def detect(data: bytes, declared: str | None = None) -> str | None:
    r"""Return the legacy encoding under which the bytes are most probable as text, None if they are not text.

    A declared encoding is taken if the bytes are about as probable in it as in the best.

    >>> detect("Всё хорошо, что хорошо кончается.".encode("koi8-r"))
    'koi8_r'
    """
    part = sample(data)
    scores = sorted((*single_byte_scores(part), *east_scores(part)), key=lambda score: score.rank)
    best = scores[0]
    pairs = Pairs.of(part)
    high = float(pairs.count[pairs.high].sum())
    wanted = _known(declared, data)
    if wanted is not None:
        said = next((score for score in scores if codecs.lookup(score.encoding).name == wanted), None)
        if said is None or best.total - said.total < 8.0 + _TOLERANCE * high:
            return wanted
    if high > 40 and best.high < _IMPLAUSIBLE * high:
        return None
    return _exact(best, scores, data)


def runner_up(data: bytes, encoding: str) -> tuple[str, float] | None:
    r"""Return the next best encoding that reads these bytes otherwise, and how far `encoding` is ahead, in nats.

    None where no other one can read them, or where `encoding` is not one that is told by its words.

    >>> found = runner_up("Всё хорошо, что хорошо кончается.".encode("koi8-r"), "koi8_r")
    >>> found is not None and found[1] > 8.0
    True
    """
    part = sample(data)
    scores = sorted((*single_byte_scores(part), *east_scores(part)), key=lambda score: score.rank)
    own = next((score for score in scores if score.encoding == encoding), None)
    if own is None:
        return None
    text = part.decode(encoding, "replace")
    for score in scores:
        try:
            if part.decode(score.encoding) != text:
                return score.encoding, own.total - score.total
        except UnicodeDecodeError:
            continue
    return None


def _known(declared: str | None, data: bytes) -> str | None:
    """Return the name of the declared encoding if there is such an encoding and the data can be that."""
    if declared is None:
        return None
    try:
        name = codecs.lookup(declared.strip().strip("\"'")).name
    except LookupError:
        return None
    for encoding in (_WIDER.get(name, name), name):
        if encoding.startswith("utf"):
            return None
        try:
            data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
        return codecs.lookup(encoding).name
    return None


def _exact(best: Score, scores: list[Score], data: bytes) -> str:
    """Return the best encoding, or one that is as good and has a character for every byte."""
    for score in scores:
        if best.total - score.total > 3.0:
            break
        try:
            data.decode(score.encoding)
        except UnicodeDecodeError:
            continue
        return score.encoding
    return "latin-1" if best.encoding == "cp1252" else best.encoding
