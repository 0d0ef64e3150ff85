"""A message: its first plain text is the document; head, attachments and all other parts are kept.

Only the bytes of the text are ever touched: they are decoded, and, when the text changed, encoded again in the
same way. A message without a plain text, and one that is signed or encrypted, which a change would break, is
copied as it is.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.errors import QuarantineError
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment
from cleaner.formats.mail.parts import IDENTITY, first_text, text_in

LARGEST: Final = 1 << 28
"""Bytes of the largest message that is read."""
_CHARSET: Final = regex(rb"(charset\s*=\s*)(\"[^\"\r\n]*\"|[^\s;\"]+)", re.I)
_TYPE: Final = regex(rb"\ncontent-type:[^\n]*\n(?:[ \t][^\n]*\n)*", re.I)
_CODING: Final = regex(rb"(\ncontent-transfer-encoding:\s*)[^\s;]+", re.I)
_ARMOUR: Final = "-----BEGIN PGP"
_UTF8: Final = ("utf-8", "utf8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# ---------------------------------------------------------------- reading


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read a file as one message."""
    del fields
    file = segment.file
    top, _, rest = file.key.partition("/")
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, 0, file.size, b"", reason=reason)
        return
    if raw:
        yield message(raw, file.key, 0)._replace(source=top if rest else None)


def message(raw: bytes, key: str, start: int) -> Entry:
    """Return a message as a document, or as what is copied when it has no text that may be changed."""
    end = start + len(raw)
    copied = Entry(key, start, end, raw, keep_raw=True, copy=raw)
    part = first_text(raw) if len(raw) <= LARGEST else None
    try:
        found = text_in(raw, part) if part else None
    except QuarantineError as error:
        return Entry(key, start, end, raw, reason=str(error), keep_raw=True)
    if part is None or found is None or _ARMOUR in found[0].text or found[0].bom:
        return copied
    decoded, inner = found
    text = decoded.text.replace(inner, "\n")
    written = raw[slice(*part.body)]
    about = BytesHeaderParser().parsebytes(raw[: part.head[1]])
    identity = about["Message-ID"]
    layout: Layout = {
        "head": raw[: part.body[0]].decode("latin-1"),
        "tail": raw[part.body[1] :].decode("latin-1"),
        "cell": written.decode("latin-1"),
        "part": part.head[0],
        "coding": part.coding,
        "charset": part.charset or "us-ascii",
        "newline": "\r\n" if b"\r\n" in raw[slice(*part.head)] else "\n",
        "inner": inner,
        "same": _digest(text),
    }
    return Entry(
        key,
        start,
        end,
        raw,
        text=text,
        encoding=decoded.encoding,
        id=str(identity).strip() if identity else None,
        keep_raw=not _is_exact(layout, text, written),
        layout=layout,
        undecodable=tuple((start, end, reason) for _, _, reason in decoded.undecodable[:1]),
    )


def _is_exact(layout: Layout, text: str, written: bytes) -> bool:
    """Tell whether the message can be had back by writing the text again, whatever was written instead.

    Where a change may have to rewrite the head of the part, as its charset has not all characters, it cannot.
    """
    free = layout["charset"] in _UTF8 and layout["coding"] in ("8bit", "quoted-printable", "base64")
    return free and _dump(text, layout, "utf-8") == written


def _dump(text: str, layout: Layout, charset: str) -> bytes:
    """Write a text as the body of its part; UnicodeEncodeError when the charset has not all of its characters."""
    errors = "surrogatepass" if charset in _UTF8 else "strict"
    data = text.replace("\n", layout["inner"]).encode(charset, errors)
    coding = layout["coding"]
    if coding == "quoted-printable":
        return _quoted(data)
    if coding == "base64":
        return base64.encodebytes(data).replace(b"\n", str(layout["newline"]).encode())
    return data


def _quoted(data: bytes) -> bytes:
    r"""Write bytes as quoted-printable.

    The encoder of the standard library gives all lines the line end of the first one. Lines that end in different
    ways are therefore written one by one, and a return that ends none is written as a number.

    >>> _quoted(b"caf\xc3\xa9\r\nice\n"), _quoted(b"caf\xc3\xa9\nice\r\n")
    (b'caf=C3=A9\r\nice\n', b'caf=C3=A9\nice\r\n')
    """
    whole = quopri.encodestring(data)
    if quopri.decodestring(whole) == data:
        return whole
    parts = re.split(rb"(\r?\n)", data)
    lines = (quopri.encodestring(line).replace(b"\r", b"=0D") for line in parts[::2])
    return b"".join(line + end for line, end in zip(lines, [*parts[1::2], b""], strict=True))


# ---------------------------------------------------------------- writing, and back


def render(layout: Layout, text: str) -> bytes:
    """Write the message with its new text; every other byte is as it was.

    A text that its charset cannot write is written in UTF-8, and the head of its part says so.
    """
    head, cell, tail = (str(layout[name]).encode("latin-1") for name in ("head", "cell", "tail"))
    if _digest(text) == layout["same"]:
        return head + cell + tail
    try:
        written = head + _dump(text, layout, layout["charset"]) + tail
        seven = layout["coding"] in ("", "7bit")
        if not (seven and not text.isascii()) and text_of(written, layout, Fields()) == text:
            return written
    except (UnicodeError, LookupError):
        pass
    at = layout["part"]
    return head[:at] + _in_utf8(head[at:], layout) + _dump(text, layout, "utf-8") + tail


def _in_utf8(head: bytes, layout: Layout) -> bytes:
    r"""Let the head of a part say that its text is UTF-8.

    >>> _in_utf8(b"Subject: a\nContent-Type: text/plain; charset=us-ascii\n\n", {"newline": "\n", "coding": ""})
    b'Subject: a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'
    """
    newline = str(layout["newline"]).encode()
    coding = ("8bit" if layout["coding"] in IDENTITY else str(layout["coding"])).encode()
    end = len(head) - len(newline)
    lines, blank = b"\n" + head[:end], head[end:]
    kind = _TYPE.search(lines)
    if kind and _CHARSET.search(kind[0]):
        said = _CHARSET.sub(rb"\1utf-8", kind[0], count=1)
        lines = lines[: kind.start()] + said + lines[kind.end() :]
    else:
        lines = _TYPE.sub(b"\n", lines) + b"Content-Type: text/plain; charset=utf-8" + newline
    lines, changed = _CODING.subn(rb"\g<1>" + coding, lines, count=1)
    return lines[1:] + (b"" if changed else b"Content-Transfer-Encoding: " + coding + newline) + blank


def text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    """Read the text of a written message."""
    del fields
    part = first_text(output)
    found = text_in(output, part) if part else None
    return found[0].text.replace(layout["inner"], "\n") if found else ""


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Put the original text back into a written message."""
    del fields
    part = first_text(output)
    if part is None:
        return output
    return output[: part.body[0]] + _dump(text, layout, "utf-8") + output[part.body[1] :]


FORMAT = Format(
    name="eml",
    suffixes=(".eml",),
    records=False,
    output_name=lambda key: key,
    read=read,
    render=render,
    text_of=text_of,
    rebuild=rebuild,
)
