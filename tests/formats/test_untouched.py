"""What is not cleaned comes out as it went in, byte for byte; and bytes that no text gives back are kept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.charsets.decode import decode
from cleaner.formats import exact, plaintext
from cleaner.formats.format import Entry, Fields
from cleaner.model import Document
from tests.support.corpora import trail, tree, write

Clean = Callable[..., Any]

MOJIBAKE = "The cafÃ© was closed."
LATER = b'{"text": "The ferry left at nine."}\n'
HALF, OTHER_HALF = b"\xed\xa0\xbd", b"\xed\xb8\x80"


def run(clean: Clean, tmp_path: Path, files: dict[str, bytes]) -> int:
    """Run, verify and restore; return the exit status of the run."""
    source = write(tmp_path / "in", dict(files))
    result = clean("run", source, tmp_path / "out", "-q", "--isolated", "--no-limits", "--steps", "encoding")
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == files
    return int(result.code)


UNCHANGED = [
    ("a.jsonl", b'{"text": "a", "n": NaN, "m": -Infinity}\n'),
    ("a.jsonl", b'{"text": "a", "n": ' + b"7" * 5000 + b"}\n"),
    ("a.jsonl", b'{"text": null, "id": 1}\n'),
    ("a.jsonl", b'\xef\xbb\xbf{"text": "a"}\n{"text": "b"}\n'),
    ("a.jsonl", b'{"text": "a"}\r\n\r\n\n{"text": "b"}\r\n   \n'),
    ("a.jsonl", b'{"text": "caf\\u00E9 \\/ x"}\n'),
    ("a.csv", b'id,text\n1,"He said \\"no\\" and left."\n'),
    ("a.csv", b'id,text\n1,"x"y\n2,b\n'),
    ("a.csv", b"id,text\n\n1,a\r\n\r\n2,b\n\n"),
    ("a.csv", b"\xef\xbb\xbfid,text,n\n1,a,\0\n2,b,c\n"),
    ("a.csv", b"id,text\n1,a\n"),
]


@pytest.mark.parametrize(("name", "data"), UNCHANGED, ids=[repr(data[:40]) for _, data in UNCHANGED])
def test_records_in_which_nothing_changes_keep_their_bytes(
    name: str, data: bytes, tmp_path: Path, clean: Clean
) -> None:
    assert run(clean, tmp_path, {name: data}) == 0
    assert (tmp_path / "out" / name).read_bytes() == data


@pytest.mark.parametrize("record", [b'{"id": 7}\n', b'{"text": ["a"]}\n', b'{"text": 5}\n'])
def test_a_record_without_a_text_stays_and_is_told(record: bytes, tmp_path: Path, clean: Clean) -> None:
    assert run(clean, tmp_path, {"a.jsonl": record + LATER}) == 3
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == record + LATER
    assert [line["doc"] for line in trail(tmp_path / "out", "quarantine")] == ["a.jsonl:1"]


@pytest.mark.parametrize(
    ("name", "data", "written"),
    [
        ("a.txt", b"Well " + HALF + OTHER_HALF + b" done\n", "Well \U0001f600 done\n"),
        ("a.txt", b"\xef\xbb\xbfWell " + HALF + OTHER_HALF + b" done\n", "Well \U0001f600 done\n"),
        ("a.txt", b"\xf0\x9f\x98\x80 " + (HALF + OTHER_HALF) * 2 + b"\n", "\U0001f600 \U0001f600\U0001f600\n"),
        ("a.txt", b"cut " + HALF + b" off\n", "cut \ufffd off\n"),
        ("a.txt", b"one \xc0\x80two\n", "one two\n"),
        ("a.txt", ("Wide \ud83d\ude00 text " * 9).encode("utf-32-le", "surrogatepass"),
         ("Wide \U0001f600 text " * 9).rstrip()),
        ("a.jsonl", b'{"text": "a ' + HALF + OTHER_HALF + b'"}\n', '{"text": "a \U0001f600"}\n'),
        ("a.jsonl", b'{"text": "a ' + HALF + b'\\ude00 b"}\n', '{"text": "a \\ud83d\\ude00 b"}\n'),
        ("a.jsonl", b'{"text": "a ' + HALF + b' b"}\n', '{"text": "a \ufffd b"}\n'),
        ("a.csv", b"text,n\na " + HALF + OTHER_HALF + b",1\n", "text,n\na \U0001f600,1\n"),
        ("a.csv", b"text,n\na " + HALF + b",1\n", "text,n\na \ufffd,1\n"),
        ("a.csv", b"text,n\n" + MOJIBAKE.encode() + b",\0\n", "text,n\nThe café was closed.,\0\n"),
        ("a.jsonl", b'{"n": NaN, "text": "' + MOJIBAKE.encode() + b'"}\n',
         '{"n": NaN, "text": "The café was closed."}\n'),
        ("a.csv", b'text,n\n"' + MOJIBAKE.encode() + b' \\"Oh\\" no",1\n',
         'text,n\n"The café was closed. \\"Oh\\" no",1\n'),
    ],
)  # fmt: skip
def test_what_is_cleaned_comes_back(
    name: str, data: bytes, written: str, tmp_path: Path, clean: Clean
) -> None:
    assert run(clean, tmp_path, {name: data}) == 0
    assert (tmp_path / "out" / name).read_bytes().decode() == written


def table(texts: list[bytes | None]) -> bytes:
    stream = io.BytesIO()
    column = pa.array(texts, pa.binary()).view(pa.string())
    pq.write_table(pa.table({"n": list(range(len(texts))), "text": column}), stream, row_group_size=2)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        ([None, None, None], [None, None, None]),
        ([None, b"a ", None, None, b"b"], [None, "a", None, None, "b"]),
        ([b"Well " + HALF + OTHER_HALF], ["Well \U0001f600"]),
        ([b"cut " + HALF + b" off", None], ["cut \ufffd off", None]),
    ],
)
def test_parquet(texts: list[bytes | None], written: list[str | None], tmp_path: Path, clean: Clean) -> None:
    assert run(clean, tmp_path, {"a.parquet": table(texts)}) == 0
    assert pq.read_table(tmp_path / "out" / "a.parquet")["text"].to_pylist() == written


@pytest.mark.parametrize(
    ("lines", "texts", "code"),
    [
        ([b'{"id": "a-1", "text": "The caf\xe9 is closed."}'], ["The café is closed."], 0),
        (['{"id": "a-1", "text": "Déjà vu"}'.encode(), b'{"id": "a-1", "text": "na\xefve"}'], ["Déjà vu", "naïve"], 0),
        ([b'{"id": "a-1", "text": "one \xb0\xa1 two three four"}'], ["one \ufffd two three four"], 3),
        (['{"id": "a-1", "text": "Снег"}'.encode("cp1251"), '{"id": "a-1", "text": "Да"}'.encode("cp1251"),
          '{"id": "a-1", "text": "Вчера выпал первый снег, и дорогу закрыли."}'.encode("cp1251")],
         ["Снег", "Да", "Вчера выпал первый снег, и дорогу закрыли."], 0),
    ],
)  # fmt: skip
def test_few_bytes_in_records(
    lines: list[bytes], texts: list[str], code: int, tmp_path: Path, clean: Clean
) -> None:
    assert run(clean, tmp_path, {"a.jsonl": b"\n".join(lines) + b"\n"}) == code
    records = [json.loads(line) for line in (tmp_path / "out" / "a.jsonl").read_bytes().splitlines()]
    assert [(record["id"], record["text"]) for record in records] == [("a-1", text) for text in texts]
    assert len(trail(tmp_path / "out", "quarantine")) == (code == 3)


def test_bytes_that_nobody_can_read_beside_the_text_quarantine_the_record(
    tmp_path: Path, clean: Clean
) -> None:
    record = b'{"id": "one \xb0\xa1 two three four", "text": "fine"}\n'
    assert run(clean, tmp_path, {"a.jsonl": record + LATER}) == 3
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == LATER


def test_lone_surrogates_stay_where_nobody_repairs_them(tmp_path: Path, clean: Clean) -> None:
    data = table([b"cut " + HALF + b" off", b"b"])
    source = write(tmp_path / "in", {"a.parquet": data})
    assert clean("run", source, tmp_path / "out", "-q", "--isolated", "--steps", "translation").code == 0
    column = pq.read_table(tmp_path / "out" / "a.parquet")["text"]
    assert column.cast(pa.binary()).to_pylist() == [b"cut " + HALF + b" off", b"b"]


def test_csv_with_two_columns_of_text_is_quarantined(tmp_path: Path, clean: Clean) -> None:
    assert run(clean, tmp_path, {"a.csv": b"text,text\na,b\n"}) == 3
    assert "2 columns" in trail(tmp_path / "out", "quarantine")[0]["reason"]


def test_a_document_that_would_not_come_back_is_quarantined(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(data: bytes) -> object:
        decoded = decode(data)
        return type(decoded)(decoded.text.replace("s", "z"), decoded.encoding)

    monkeypatch.setattr(plaintext, "decode", careless)
    assert run(clean, tmp_path, {"a.txt": b"said", "b.txt": b"not"}) == 3
    assert trail(tmp_path / "out", "quarantine")[0]["reason"] == exact.NOT_EXACT
    assert tree(tmp_path / "out", audit=False) == {"b.txt": b"not"}


def test_pairs_of_surrogates_do_not_get_into_the_trail() -> None:
    text = "a \ud83d\ude00 b"
    raw = text.encode("utf-8", "surrogatepass")
    entry = Entry("a.txt", 0, len(raw), raw, text=text, encoding="utf-8")
    assert exact.unprovable("txt", entry, Document("a.txt", text), Fields()) != ""
