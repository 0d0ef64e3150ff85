"""Bytes to text and back: byte order marks, UTF-8, UTF-16 and UTF-32, declared and detected legacy encodings.

Nothing is translated and nothing replaced: newlines, control characters and lone surrogates come out
as they stand in the bytes, so that encoding the text again gives the same bytes wherever that is
possible. What cannot be decoded is left out and named with its range.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from cleaner.charsets.detect import binary_reason, detect, seven_bit, wide_encoding
from cleaner.charsets.mixed import better_as_utf8, outside, utf8_lines
from cleaner.errors import CleanerError, QuarantineError
from cleaner.model import Span

Undecodable: TypeAlias = tuple[int, int, str]

MIXED: Final = "mixed"
"""The name of the encoding of a file whose lines are partly UTF-8 and partly a legacy encoding."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_STATED: Final = re.compile(
    rb"""<(?:\?xml|meta)\b[^<>]{0,200}?(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I
)
_INCOMPLETE: Final = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_UNICODE: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and what is needed to get its bytes back.

    `encoding` is a name that Python's codecs know, or `mixed`; `bom` the bytes that stood before the
    text; `exact` says that `encode(text, encoding, bom)` gives the bytes; `undecodable` are byte
    ranges that are not in the text, with the reason.
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
    binary = binary_reason(data)
    if binary:
        message = f"not text: {binary}"
        raise QuarantineError(message)
    for errors in ("strict", "surrogatepass"):
        try:
            return Decoded(data.decode("utf-8", errors), "utf-8")
        except UnicodeDecodeError:
            continue
    return _legacy(data, declared or _stated(data))


def encode(text: str, encoding: str, bom: bytes = b"") -> bytes:
    r"""Encode a decoded text again: the bytes that it was decoded from, if that was exact.

    >>> encode("café", "cp1252")
    b'caf\xe9'
    """
    if encoding == MIXED:
        message = "a file in two encodings cannot be rebuilt from its text: its raw bytes are kept"
        raise CleanerError(message)
    return bom + text.encode(encoding, "surrogatepass" if encoding in _UNICODE else "strict")


def _stated(data: bytes) -> str | None:
    """Return the charset that a page or an XML file states at its top."""
    match = _STATED.search(data, 0, 4096)
    return match[1].decode("ascii") if match else None


def _decoded(data: bytes, encoding: str, bom: bytes = b"") -> Decoded:
    """Decode with one encoding, leaving out what it cannot decode."""
    text, undecodable = _lenient(data[len(bom) :], encoding, len(bom))
    exact = not undecodable and _gives_back(text, encoding, data[len(bom) :])
    return Decoded(text, encoding, bom, exact, undecodable)


def _gives_back(text: str, encoding: str, data: bytes) -> bool:
    try:
        return encode(text, encoding) == data
    except UnicodeEncodeError:
        return False


def _lenient(data: bytes, encoding: str, offset: int = 0) -> tuple[str, tuple[Undecodable, ...]]:
    """Decode what can be decoded; linear, as every byte is decoded once."""
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
    if lines and better_as_utf8(b"".join(data[start:end] for start, end in lines), encoding):
        return _mixed(data, rest, "utf-8" if others.isascii() or encoding is None else encoding)
    if lines and not others.isascii():
        encoding = detect(data, declared)
    if encoding is None:
        message = "not text: no encoding makes words of it"
        raise QuarantineError(message)
    return _decoded(data, encoding)


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
    if encoding == "utf-8":
        return Decoded("".join(parts), encoding, b"", not failed, tuple(failed))
    return Decoded("".join(parts), MIXED, b"", False, tuple(failed))
