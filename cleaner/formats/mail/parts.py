"""The parts of a message, as places in its bytes: which of them is the text, and what that says."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from cleaner.charsets.decode import Decoded, decode
from cleaner.engines.lazy import regex
from cleaner.model import Span

DEEPEST: Final = 20
"""Parts inside parts that are looked into."""
MOST_PARTS: Final = 1_000
"""Parts of one message that are looked at."""
IDENTITY: Final = ("", "7bit", "8bit", "binary")
"""Codings that leave bytes as they are."""
_BLANK: Final = regex(rb"(?:\A|\n)\r?\n")
_SEALED: Final = ("multipart/signed", "multipart/encrypted", "application/pkcs7-mime")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message that is plain text: where its head and its body are, and how the body is written."""

    head: Span
    body: Span
    coding: str
    charset: str | None


def first_text(data: bytes) -> Part | None:
    r"""Find the first part of a message that is plain text and no attachment; None where nothing may be changed.

    >>> first_text(b"Subject: Ice\n\nIt broke.\n").body
    (14, 24)
    """
    return next(_texts(data, (0, len(data)), [MOST_PARTS], 0), None)


def _texts(data: bytes, span: Span, left: list[int], depth: int) -> Iterator[Part]:
    """Yield the plain texts in a message or in a part of one, in order."""
    left[0] -= 1
    found = _BLANK.search(data, *span)
    if found is None or left[0] < 0 or depth > DEEPEST:
        return
    head, body = (span[0], found.end()), (found.end(), span[1])
    about = BytesHeaderParser().parsebytes(data[slice(*head)])
    kind = about.get_content_type()
    if kind in _SEALED or about.get_content_disposition() == "attachment":
        return
    if kind.startswith("multipart/"):
        for part in _parts(data, body, about):
            yield from _texts(data, part, left, depth + 1)
    elif kind == "text/plain":
        coding = str(about.get("Content-Transfer-Encoding", "")).strip().lower()
        yield Part(head, body, coding, about.get_content_charset())


def _parts(data: bytes, span: Span, about: Message) -> Iterator[Span]:
    """Yield the places of the parts of a body, between the lines that set them apart."""
    boundary = about.get_boundary()
    if not boundary:
        return
    mark = re.compile(
        rb"\r?\n--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    last = -1
    for found in mark.finditer(data, span[0] - 1, span[1]):  # from the end of the blank line on
        if last >= 0:
            yield last, found.start()
        if found[1]:
            return
        last = found.end()
        last += len(data[last : last + 2]) - len(data[last : last + 2].lstrip(b"\r\n"))
    if last >= 0:
        yield last, span[1]


# ---------------------------------------------------------------- bodies


def _load(raw: bytes, coding: str) -> bytes | None:
    """Return the bytes that a body stands for; None when it is not what it claims to be."""
    if coding in IDENTITY:
        return raw
    try:
        if coding == "quoted-printable":
            return quopri.decodestring(raw)
        if coding == "base64":
            return base64.b64decode(b"".join(raw.split()), validate=True)
    except (ValueError, binascii.Error):
        return None
    return None


def text_in(data: bytes, part: Part) -> tuple[Decoded, str] | None:
    """Decode the text of a part; and tell its line ends, if all are alike.

    None when the body is not what it claims to be.
    """
    raw = _load(data[slice(*part.body)], part.coding)
    if raw is None:
        return None
    decoded = decode(raw, declared=part.charset)
    ends = decoded.text.count("\r\n")
    alike = ends and ends == decoded.text.count("\n") == decoded.text.count("\r")
    return decoded, "\r\n" if alike else "\n"
