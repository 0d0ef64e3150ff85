"""Mail: heads and attachments are kept, the text is cleaned in whatever way it is written, every byte comes back."""

from __future__ import annotations

import base64
import email
import email.policy
import quopri
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.formats.format import Fields
from cleaner.formats.mail.mailbox import messages
from cleaner.formats.mail.message import message, rebuild, render, text_of
from cleaner.formats.mail.parts import DEEPEST, first_text
from tests.support.corpora import tree, write

Clean = Callable[..., Any]
OPTIONS = ("-q", "--isolated", "--jobs", 1, "--steps", "encoding,boilerplate")
TEXT = "The ferry is late.  \nItâ€™s the ice, said Aase.\n"
CLEAN = "The ferry is late.\nIt’s the ice, said Aase.\n"
HEAD = (
    "From: Aase <aase@ferry.example>\nSubject: Ice  \nMessage-ID: <1@ferry.example>\nX-Odd:   two  spaces\n"
)
PDF = base64.encodebytes(b"%PDF-1.7 " + bytes(range(256)))


def mail(kind: str, body: bytes, coding: str = "", head: str = HEAD) -> bytes:
    lines = head + (f"Content-Type: {kind}\n" if kind else "")
    return (lines + (f"Content-Transfer-Encoding: {coding}\n" if coding else "") + "\n").encode() + body


def mixed(*parts: bytes, kind: str = "mixed") -> bytes:
    body = b"".join(b"--=_b\n" + part + b"\n" for part in parts) + b"--=_b--\nafter\n"
    return mail(f'multipart/{kind}; boundary="=_b"', b"This is in parts.\n" + body)


def part(kind: str, body: bytes, coding: str = "8bit") -> bytes:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {coding}\n\n".encode() + body


UTF8 = TEXT.encode()
QUOTED = quopri.encodestring(UTF8)
ATTACHED = b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nKept  \n"
MESSAGES: dict[str, bytes] = {
    "plain": mail("text/plain; charset=utf-8", UTF8, "8bit"),
    "no-type": mail("", b"The ferry is late.  \n&eacute;t&eacute;\n"),
    "ascii": mail("text/plain; charset=us-ascii", b"The ferry is late.  \nCaf&eacute;\n", "7bit"),
    "latin": mail('text/plain;\n charset="iso-8859-1"', "Late.  \nCafé &rsquo;\n".encode("latin-1"), "8bit"),
    "quoted": mail("text/plain; charset=utf-8", QUOTED, "quoted-printable"),
    "base64": mail("text/plain; charset=utf-8", base64.encodebytes(UTF8), "base64"),
    "crlf": mail("text/plain; charset=utf-8", UTF8, "8bit").replace(b"\n", b"\r\n"),
    "crlf-quoted": mail("text/plain; charset=utf-8", QUOTED, "quoted-printable").replace(b"\n", b"\r\n"),
    "mixed": mixed(ATTACHED, part("text/plain; charset=utf-8", UTF8), part("application/pdf", PDF, "base64")),
    "alternative": mixed(
        part("text/plain; charset=utf-8", UTF8), part("text/html", b"<p>Late  </p>\n"), kind="alternative"
    ),
    "gone": mail("text/plain; charset=utf-8", b"Read also: Five more bridges\n", "8bit"),
    "wrong-charset": mail("text/plain; charset=us-ascii", UTF8),
}
TEXTS = ["", "Ice.", "Ïce — “broken”\n", "From here\n", "a\n\n\nb", "Ice 😀\n" * 50, "=3D = \n.\n"]
COPIED: dict[str, bytes] = {
    "html-only": mail("text/html; charset=utf-8", b"<p>Late &amp; cold  </p>\n"),
    "signed": mixed(
        part("text/plain", b"The ferry is late.  \n"),
        part("application/pgp-signature", b"x\n"),
        kind="signed",
    ),
    "armoured": mail("text/plain", b"-----BEGIN PGP SIGNED MESSAGE-----\n\nThe ferry is late.  \n"),
    "attachment": mixed(ATTACHED),
    "bad-base64": mail("text/plain", b"The *ferry* is late.  \n", "base64"),
    "unknown-coding": mail("text/plain", b"The ferry is late.  \n", "x-uuencode"),
    "no-body": b"Subject: Ice  \nX: \xff\n",
    "no-boundary": mail("multipart/mixed", b"--x\n\nThe ferry is late.  \n"),
    "empty": b"",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_an_unchanged_text_leaves_every_byte(name: str) -> None:
    entry = message(MESSAGES[name], "a.eml", 0)
    assert entry.text is not None
    assert render(entry.layout, entry.text) == MESSAGES[name]


ODD_ENDS = st.lists(
    st.sampled_from(["a", "é", " ", "\t", "=", ".", "\r", "\n", "\r\n", "x" * 75]), max_size=12
)


@given(before=ODD_ENDS.map("".join), after=ODD_ENDS.map("".join))
@example(before="a\n\r\nb", after="a\n\r\n")
@example(before="a\r\n\nb  \r", after="a\r\n\nb\r")
@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
def test_texts_whose_lines_end_in_different_ways_are_read_back(coding: str, before: str, after: str) -> None:
    """Write and rebuild texts whose line ends no step has made alike (`--steps` without `encoding`)."""
    body = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(coding, bytes)
    raw = mail("text/plain; charset=utf-8", body(before.encode()), coding)
    entry = message(raw, "a.eml", 0)
    if entry.text is None:
        return
    written = render(entry.layout, after)
    if "\r\n" not in str(entry.layout["inner"]):
        assert text_of(written, entry.layout, Fields()) == after
    if not entry.keep_raw:
        assert rebuild(written, entry.text, entry.layout, Fields()) == raw


@pytest.mark.parametrize("name", COPIED)
def test_what_may_not_be_changed_is_copied(name: str) -> None:
    entry = message(COPIED[name], "a.eml", 0)
    assert (entry.text, entry.reason, entry.copy) == (None, "", COPIED[name])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", MESSAGES)
def test_any_text_is_read_back_by_us_and_by_the_standard_library(name: str, text: str) -> None:
    layout = message(MESSAGES[name], "a.eml", 0).layout
    written = render(layout, text)
    assert text_of(written, layout, Fields()) == text
    parsed = email.message_from_bytes(written, policy=email.policy.default)
    body = parsed.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert parsed["Subject"].strip() == "Ice"
    assert [part.get_content_type() for part in parsed.walk()] == [
        part.get_content_type() for part in email.message_from_bytes(MESSAGES[name]).walk()
    ]


def test_there_and_back(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {f"{name}.eml": data for name, data in (MESSAGES | COPIED).items()}
    box = b"".join(
        b"From a@b Thu Jan  1 00:00:00 2026\n" + data + b"\n" for data in (MESSAGES | COPIED).values()
    )
    source = write(tmp_path / "in", files | {"all.mbox": box})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    out = tree(tmp_path / "out", audit=False)
    for name in ("plain", "quoted", "base64", "mixed", "alternative"):
        parsed = email.message_from_bytes(out[f"{name}.eml"], policy=email.policy.default)
        body = parsed.get_body(("plain",))
        assert body is not None
        assert body.get_content() in (CLEAN, CLEAN[:-1])
    assert out["no-type.eml"].startswith(HEAD.encode()), "a head keeps its bytes"
    assert "charset=utf-8" in out["no-type.eml"].decode()
    assert {name: out.get(f"{name}.eml") for name in COPIED} == COPIED
    assert PDF in out["mixed.eml"]
    assert ATTACHED in out["mixed.eml"]
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)
    assert "line 1" in clean("why", tmp_path / "out", "all.mbox:1").out


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b"no mailbox at all\n", 1),
        (b"From a@b Thu Jan  1 00:00:00 2026\n\nFrom here on.\n\nFrom now on, 2026\n", 1),
        (b"From a@b Thu Jan  1 00:00:00 2026\n\ntext\nFrom a@b Thu Jan  1 00:00:00 2026\n", 1),
        (b"From a@b Thu Jan  1 00:00:00 2026\n\ntext\n\nFrom a@b Thu Jan  1 00:00:00 2026\n\nb\n", 2),
        (b"From a Thu Jan  1 00:00 2026\r\n\r\ntext\r\n\r\nFrom a Thu Jan  1 00:00 2026\r\n", 2),
    ],
)
def test_where_a_message_begins(data: bytes, count: int) -> None:
    found = list(messages(data))
    assert len(found) == count
    assert b"".join(data[start:end] for start, end in found) == data


@pytest.mark.parametrize(("depth", "found"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_parts_inside_parts_are_bounded(depth: int, found: bool) -> None:
    data = part("text/plain", b"Ice.\n")
    for level in range(depth):
        mark = b"=_%d" % level
        data = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n%s\n--%s--\n' % (
            mark,
            mark,
            data,
            mark,
        )
    assert (first_text(data) is not None) == found
