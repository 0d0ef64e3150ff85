"""Bytes to text and back: byte order marks, UTF-8, UTF-16 and UTF-32, declared and detected legacy encodings.

Nothing is translated: newlines, control characters and lone surrogates are kept as they are in the
bytes, so that encoding the text again yields the same bytes wherever possible. What cannot be decoded
becomes U+FFFD in the text, and its range is reported.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from cleaner.charsets.detect import binary_reason, detect, seven_bit, wide_encoding
from cleaner.charsets.ebcdic import NEXT_LINE, ebcdic
from cleaner.charsets.mixed import better_as_utf8, outside, utf8_lines
from cleaner.charsets.strays import (
    CLEAR,
    CLOSE,
    UNREADABLE,
    Undecodable,
    are_few,
    by_words,
    is_borne_out,
    is_latin,
    lead_over_usual,
    read_damaged,
)
from cleaner.engines.lazy import regex
from cleaner.errors import CleanerError, QuarantineError
from cleaner.model import Span

MIXED: Final = "mixed"
"""The name of the encoding of a file whose lines are partly UTF-8 and partly a legacy encoding."""
CESU: Final = "cesu-8"
"""UTF-8 made of UTF-16 (Unicode technical report 26, and Java's): each half of a pair is written by itself."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_STATED: Final = regex(
    rb"""<(?:\?xml|meta)\b[^<>]{0,200}?(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I
)
_INCOMPLETE: Final = regex(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_PAIR: Final = regex("[\ud800-\udbff][\udc00-\udfff]")
_BEYOND: Final = regex("[\U00010000-\U0010ffff]")
_JAVA_NUL: Final = b"\xc0\x80"
_UNICODE: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and what is needed to get its bytes back.

    `encoding` is a name that Python's codecs know, `cesu-8` or `mixed`; `bom` the bytes before the
    text; `exact` tells that `encode(text, encoding, bom)` yields the bytes; `undecodable` are byte
    ranges for which U+FFFD is in the text, with the reason.
    """

    text: str
    encoding: str
    bom: bytes = b""
    exact: bool = True
    undecodable: tuple[Undecodable, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    r"""Decode the bytes of a text file, finding out its encoding.

    In this order: byte order mark, UTF-16 and UTF-32 by their zero bytes, strict UTF-8, the declared
    charset (or the one that a page states at its top) if the bytes can be that, and the legacy
    encoding under which the text is most probable.
    Raises `QuarantineError` for what is not text.

    >>> decode(b"na\xefve caf\xe9\r\n")
    Decoded(text='naïve café\r\n', encoding='cp1252', bom=b'', exact=True, undecodable=())
    >>> decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    Traceback (most recent call last):
    ...
    cleaner.errors.QuarantineError: not text: PNG image
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data, encoding, bom)
    wide = wide_encoding(data)
    if wide:
        return _decoded(data, wide)
    hidden = seven_bit(data)
    if hidden:
        return _decoded(data, hidden)
    mainframe = ebcdic(data)
    if mainframe:
        return _from_mainframe(data, mainframe)
    binary = binary_reason(data)
    if binary:
        message = f"not text: {binary}"
        raise QuarantineError(message)
    for errors in ("strict", "surrogatepass"):
        try:
            text = data.decode("utf-8", errors)
        except UnicodeDecodeError:
            continue
        return Decoded(text, "utf-8") if errors == "strict" or not _PAIR.search(text) else _cesu(data)
    if _JAVA_NUL in data:
        try:
            return _cesu(data)
        except UnicodeDecodeError:
            pass
    return _legacy(data, declared or _stated(data))


def encode(text: str, encoding: str, bom: bytes = b"") -> bytes:
    r"""Encode a decoded text again: the bytes that it was decoded from, if that was exact.

    >>> encode("café", "cp1252")
    b'caf\xe9'
    """
    if encoding == MIXED:
        message = "a file in two encodings cannot be rebuilt from its text: its raw bytes are kept"
        raise CleanerError(message)
    if encoding == CESU:
        halves = _BEYOND.sub(_halves, text).encode("utf-8", "surrogatepass")
        return bom + halves.replace(b"\0", _JAVA_NUL)
    return bom + text.encode(encoding, "surrogatepass" if encoding in _UNICODE else "strict")


def paired(text: str) -> str:
    r"""Join the halves of UTF-16 pairs that stand side by side: no audit trail in JSON could tell them apart.

    >>> paired("a \ud83d\ude00 \ud83d")
    'a 😀 \ud83d'
    """
    if not _PAIR.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _cesu(data: bytes) -> Decoded:
    """Decode UTF-8 that was made of UTF-16; UnicodeDecodeError for what it is not."""
    text = paired(data.replace(_JAVA_NUL, b"\0").decode("utf-8", "surrogatepass"))
    return Decoded(text, CESU, exact=encode(text, CESU) == data)


def _from_mainframe(data: bytes, encoding: str) -> Decoded:
    """Decode a text of a mainframe, whose line ends the codecs turn into a C1 control."""
    decoded = _decoded(data, encoding)
    text = decoded.text.replace(NEXT_LINE, "\n")
    return replace(decoded, text=text, exact=decoded.exact and text == decoded.text)


def _halves(match: re.Match[str]) -> str:
    halves = match[0].encode("utf-16-be")
    return chr(int.from_bytes(halves[:2], "big")) + chr(int.from_bytes(halves[2:], "big"))


def _stated(data: bytes) -> str | None:
    """Return the charset that a page or an XML file states at its top."""
    match = _STATED.search(data, 0, 4096)
    return match[1].decode("ascii") if match else None


def _decoded(data: bytes, encoding: str, bom: bytes = b"") -> Decoded:
    """Decode with one encoding, leaving out what it cannot decode."""
    text, undecodable = _lenient(data[len(bom) :], encoding, len(bom))
    text = paired(text) if encoding in _UNICODE else text
    exact = not undecodable and _gives_back(text, encoding, data[len(bom) :])
    return Decoded(text, encoding, bom, exact, undecodable)


def _gives_back(text: str, encoding: str, data: bytes) -> bool:
    try:
        return encode(text, encoding) == data
    except UnicodeEncodeError:
        return False


def _lenient(data: bytes, encoding: str, offset: int = 0) -> tuple[str, tuple[Undecodable, ...]]:
    """Decode what can be decoded; linear, as every byte is decoded once. U+FFFD stands for the rest."""
    if encoding == "utf-8":
        return read_damaged(data, offset)
    errors = "surrogatepass" if encoding in _UNICODE else "strict"
    view = memoryview(data)
    parts: list[str] = []
    failed: list[Undecodable] = []
    at = 0
    while at < len(data):
        try:
            parts.append(str(view[at:], encoding, errors))
            break
        except UnicodeDecodeError as error:
            parts.append(str(view[at : at + error.start], encoding, errors))
            start, end = at + error.start + offset, at + error.end + offset
            reason = f"not {encoding}: {error.reason}"
            if failed and failed[-1][1] == start:
                failed[-1] = (failed[-1][0], end, failed[-1][2])
            else:
                parts.append(UNREADABLE)
                failed.append((start, end, reason))
            at += error.end
    return "".join(parts), tuple(failed)


def _legacy(data: bytes, declared: str | None) -> Decoded:
    """Decode what is not UTF-8 from end to end: damaged UTF-8, a legacy encoding, or lines of both."""
    if _is_cut(data):
        return _decoded(data, "utf-8")
    lines = utf8_lines(data)
    rest = outside(data, lines)
    others = b"".join(data[start:end] for start, end in rest)
    encoding = detect(data if others.isascii() else others, declared)
    if are_few(others):
        encoding = _of_few(others, encoding, said=encoding is not None and _is(encoding, declared))
        if encoding is None:
            return _mixed(data, [], "utf-8")
    if lines and better_as_utf8(b"".join(data[start:end] for start, end in lines), encoding):
        return _mixed(data, rest, "utf-8" if others.isascii() or encoding is None else encoding)
    if lines and not others.isascii():
        encoding = detect(data, declared)
    if encoding is None:
        message = "not text: no encoding makes words of it"
        raise QuarantineError(message)
    return _decoded(data, encoding)


def _of_few(data: bytes, encoding: str | None, *, said: bool) -> str | None:
    """Return the encoding of few bytes outside ASCII, if words or the declared charset confirm it."""
    if encoding and is_latin(encoding) and not said:
        lead = lead_over_usual(data, encoding)
        encoding = by_words(data, encoding) if lead < CLOSE else encoding
        said = lead >= CLEAR
    return encoding if encoding and is_borne_out(data, encoding, evidence=said) else None


def _is(encoding: str, declared: str | None) -> bool:
    """Tell whether an encoding is the one that was declared."""
    try:
        return declared is not None and codecs.lookup(encoding).name == codecs.lookup(declared).name
    except LookupError:
        return False


def _is_cut(data: bytes) -> bool:
    """Tell whether all that is wrong with UTF-8 is a character that was cut at the end."""
    tail = _INCOMPLETE.search(data[-3:])
    if tail is None:
        return False
    head = data[: len(data) - len(tail[0])]
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not head.isascii()


def _mixed(data: bytes, legacy: list[Span], encoding: str) -> Decoded:
    """Decode the given ranges with an encoding and all others as UTF-8."""
    parts: list[str] = []
    failed: list[Undecodable] = []
    at = 0
    for start, end in (*legacy, (len(data), len(data))):
        for low, high, codec in ((at, start, "utf-8"), (start, end, encoding)):
            text, undecodable = _lenient(data[low:high], codec, low)
            parts.append(text)
            failed += undecodable
        at = end
    text = paired("".join(parts))
    if encoding == "utf-8" and text.replace(UNREADABLE, "") == data.decode("utf-8", "ignore"):
        return Decoded(text, encoding, b"", False, tuple(failed))
    return Decoded(text, MIXED, b"", False, tuple(failed))
