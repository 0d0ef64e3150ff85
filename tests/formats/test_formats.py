"""Formats and compression: every input comes back, only text changes, and nothing hostile gets through."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.errors import QuarantineError, UsageError
from cleaner.formats import csv as csv_format
from cleaner.formats import parquet
from cleaner.formats.compression import Limits, compress, expand, split_name
from cleaner.formats.format import Entry, Fields, InputFile, Segment
from cleaner.formats.html import page as html_page
from cleaner.formats.html.charset import declared_charset
from cleaner.formats.jsonl import read_line, render
from cleaner.run.discover import discover
from cleaner.run.units import cut
from cleaner.run.unpack import unpack
from tests.support.corpora import trail, tree, write

Clean = Callable[..., Any]

FIRST = (
    "The council of Harrow met on Tuesday.  \r\nIt was late.\n\nRead also:\n\n• The ferry that never came\n"
)
FIRST_OUT = "The council of Harrow met on Tuesday.\nIt was late.\n"
CLEAN = 'A plain, clean "text" that stays as it is.'
MOJIBAKE = "Itâ€™s a long way to the cafÃ©, she said."
MOJIBAKE_OUT = "It’s a long way to the café, she said."
GONE = "Read also: Five more bridges\n"
TEXTS = (FIRST, GONE, CLEAN, MOJIBAKE)
TEXTS_OUT = (FIRST_OUT, CLEAN, MOJIBAKE_OUT)

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": lambda data: zstandard.ZstdCompressor().compress(data),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
OPEN: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".zst": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read(),  # the first frame alone
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}


def jsonl(texts: tuple[str, ...]) -> bytes:
    return "".join(
        f'{{"id": {k}, "text": {json.dumps(t)}, "n": 1.50}}\n' for k, t in enumerate(texts)
    ).encode()


def table(texts: tuple[str, ...]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["id", "text", "note"])
    writer.writerows([k, text, 'a, "b"'] for k, text in enumerate(texts))
    return stream.getvalue().encode()


def arrow(texts: tuple[str | None, ...], **columns: Any) -> pa.Table:
    return pa.table({"id": list(range(len(texts))), "text": list(texts), **columns})


def parquet_bytes(value: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(value, stream, **options)
    return stream.getvalue()


def run(clean: Clean, folder: Path, out: Path, *options: object) -> Any:
    return clean(
        "run", folder, out, "-q", "--isolated", "--jobs", 1, "--steps", "encoding,boilerplate", *options
    )


# ---------------------------------------------------------------- there and back


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """One corpus with every format in every compression."""
    files: dict[str, str | bytes] = {}
    for suffix, pack in PACK.items():
        files[f"a.txt{suffix}"] = pack(FIRST.encode())
        files[f"a.md{suffix}"] = pack(CLEAN.encode())
        files[f"b/c.jsonl{suffix}"] = pack(jsonl(TEXTS))
        files[f"b/d.ndjson{suffix}"] = pack(jsonl(TEXTS))
        files[f"t.csv{suffix}"] = pack(table(TEXTS))
        files[f"p.parquet{suffix}"] = pack(parquet_bytes(arrow(TEXTS), row_group_size=3))
        files[f"empty.txt{suffix}"] = pack(b"")
    return write(tmp_path / "in", files)


def test_every_format_in_every_compression(mixed: Path, tmp_path: Path, clean: Clean) -> None:
    out, back = tmp_path / "out", tmp_path / "back"
    assert run(clean, mixed, out).code == 0
    texts = output_texts_of(out)
    for suffix, unpack_ in OPEN.items():
        assert unpack_((out / f"a.txt{suffix}").read_bytes()).decode() == FIRST_OUT
        assert unpack_((out / f"a.md{suffix}").read_bytes()).decode() == CLEAN
        assert unpack_((out / f"empty.txt{suffix}").read_bytes()) == b""
        for name in ("b/c.jsonl", "b/d.ndjson"):
            data = unpack_((out / f"{name}{suffix}").read_bytes())
            assert tuple(json.loads(line)["text"] for line in data.splitlines()) == TEXTS_OUT
            assert data.count(b'"n": 1.50') == 3, "other fields stay as they were, byte for byte"
        rows = list(
            csv.DictReader(io.StringIO(unpack_((out / f"t.csv{suffix}").read_bytes()).decode(), newline=""))
        )
        assert tuple(row["text"] for row in rows) == TEXTS_OUT
        assert {row["note"] for row in rows} == {'a, "b"'}
        result = pq.read_table(io.BytesIO(unpack_((out / f"p.parquet{suffix}").read_bytes())))
        assert tuple(result["text"].to_pylist()) == TEXTS_OUT
        assert result["id"].to_pylist() == [0, 2, 3]
    assert texts  # the trail can be read, too
    assert clean("verify", out).code == 0
    assert clean("restore", out, back).code == 0
    assert content(back) == content(mixed)


def output_texts_of(out: Path) -> list[str]:
    return [line["doc"] for line in trail(out, "documents") if line["kept"]]


def content(folder: Path) -> dict[str, bytes]:
    """Return the content of every file, unpacked."""
    return {name: OPEN[split_name(name)[1]](data) for name, data in tree(folder, audit=False).items()}


def test_same_bytes_for_any_jobs_and_again(mixed: Path, tmp_path: Path, clean: Clean) -> None:
    run(clean, mixed, tmp_path / "one")
    run(clean, mixed, tmp_path / "two", "--jobs", 2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    again = tmp_path / "again"
    assert run(clean, clean_copy(tmp_path / "one", tmp_path / "copy"), again).code == 0
    assert content(again) == content(tmp_path / "one")


def clean_copy(out: Path, target: Path) -> Path:
    return write(target, dict(tree(out, audit=False)))


def test_history_of_a_record_in_a_compressed_file(mixed: Path, tmp_path: Path, clean: Clean) -> None:
    run(clean, mixed, tmp_path / "out")
    for place in ("b/c.jsonl.gz:1", "t.csv.zst:1", "p.parquet:1"):
        result = clean("why", tmp_path / "out", place)
        assert result.code == 0 and "Read also" in result.out, place


def test_large_files_are_cut_and_are_one_stream_again(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = tuple(f"{text} {k}\n" for k in range(40) for text in (MOJIBAKE, GONE, FIRST))
    files: dict[str, str | bytes] = {}
    for suffix, pack in PACK.items():
        files |= {f"a.jsonl{suffix}": pack(jsonl(texts)), f"t.csv{suffix}": pack(table(texts))}
    write(tmp_path / "in", files)
    run(clean, tmp_path / "in", tmp_path / "whole")
    monkeypatch.setattr("cleaner.run.settle.cut", partial(cut, shard_bytes=3000))
    run(clean, tmp_path / "in", tmp_path / "out")
    assert len([*(tmp_path / "out" / "_clean").glob("edits-*")]) > 20
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("why", tmp_path / "out", "t.csv.zst:120").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert content(tmp_path / "back") == content(tmp_path / "in")


@pytest.mark.parametrize("suffix", [*PACK][1:])
def test_output_is_compressed_without_a_time(suffix: str) -> None:
    codec = split_name("x" + suffix)[2]
    data = b"".join(compress([b"text " * 1000], codec))
    assert data == b"".join(compress([b"text " * 1000], codec))
    assert OPEN[suffix](data) == b"text " * 1000
    if suffix == ".gz":
        assert data[3:8] == bytes(5), "no name and no time"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.txt", ("a.txt", "", "")),
        ("a.gz.txt", ("a.gz.txt", "", "")),
        ("a.gz/b", ("a.gz/b", "", "")),
        ("A.JSONL.GZ", ("A.JSONL", ".GZ", "gz")),
        ("a.csv.zst", ("a.csv", ".zst", "zst")),
        ("a.txt.xz.bz2", ("a.txt", ".xz.bz2", "bz2")),
    ],
)
def test_names(name: str, parts: tuple[str, str, str]) -> None:
    assert split_name(name) == parts


def test_other_extensions_are_skipped_compressed_or_not(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.png": b"", "b.png.gz": b"", "c.gz": b"", "d.txt.gz": b""})
    inputs = discover([folder])
    assert tuple(path for path, _ in inputs.skipped) == ("a.png", "b.png.gz", "c.gz")
    assert [(file.key, file.output, file.codec) for file in inputs.files] == [("d.txt.gz", "d.txt.gz", "gz")]


# ---------------------------------------------------------------- hostile archives

DAMAGED: list[tuple[str, str, bytes, str]] = [
    *((f"empty{suffix}", suffix, b"", "the file is empty") for suffix in [*PACK][1:]),
    *((f"half{suffix}", suffix, PACK[suffix](TEXTS[0].encode() * 9)[:-9], "") for suffix in [*PACK][1:]),
    *((f"text{suffix}", suffix, b"just some words", "not readable as") for suffix in [*PACK][1:]),
    *((f"bomb{suffix}", suffix, PACK[suffix](bytes(1 << 20)) * 40, "as large") for suffix in [*PACK][1:]),
    ("tail.gz", ".gz", gzip.compress(b"text") + b"garbage", "not readable as gz"),
    ("twice.gz", ".gz", gzip.compress(gzip.compress(b"text")), "compressed more than once"),
    ("in another.xz", ".xz", lzma.compress(PACK[".zst"](b"text")), "it holds zst data"),
    ("second half.zst", ".zst", PACK[".zst"](b"one ") + PACK[".zst"](b"two " * 99)[:-3], "ends too early"),
    ("window.zst", ".zst", b"\x28\xb5\x2f\xfd\x00\xf8" + bytes(20), "not readable as zst"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "suffix", "data", "reason"), DAMAGED, ids=[case[0] for case in DAMAGED])
def test_damaged_archives_cannot_be_unpacked(
    name: str, suffix: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    file = InputFile("x.txt" + suffix, path, len(data), "txt", "x.txt" + suffix, split_name("x" + suffix)[2])
    found = unpack(file, tmp_path / "target")
    assert found.format == "opaque"
    assert reason in found.problem
    assert [path.name for path in tmp_path.iterdir()] == ["x"], "nothing is left behind"


def test_damaged_archives_are_quarantined_and_come_back(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {f"{name}.jsonl{suffix}": data for name, suffix, data, _ in DAMAGED}
    files["good.txt.gz"] = gzip.compress(CLEAN.encode())
    out, back = tmp_path / "out", tmp_path / "back"
    assert run(clean, write(tmp_path / "in", files), out).code == 3
    lines = trail(out, "quarantine")
    assert {line["path"] for line in lines} == {*files} - {"good.txt.gz"}
    assert all(line["reason"] for line in lines)
    assert clean("verify", out).code == 0
    assert clean("restore", out, back).code == 0
    restored = tree(back)
    for name, data in files.items():
        if name != "good.txt.gz":
            assert restored[name] == data
    assert [*tree(out, audit=False)] == ["good.txt.gz"]


def test_size_is_limited(tmp_path: Path) -> None:
    data = random.Random(7).randbytes(100_000)
    with pytest.raises(QuarantineError, match="larger than 50,000 bytes"):
        list(expand(io.BytesIO(gzip.compress(data)), "gz", limits=Limits(size=50_000)))


@pytest.mark.parametrize("suffix", [*PACK][1:])
def test_bombs_are_stopped_early(suffix: str) -> None:
    size, archive, limits = 0, PACK[suffix](bytes(1 << 24)), Limits(free=1 << 18)
    with pytest.raises(QuarantineError, match="times as large"):
        for piece in expand(io.BytesIO(archive), suffix[1:], limits=limits):
            size += len(piece)
    assert size <= max(limits.free, limits.ratio * len(archive))


@pytest.mark.parametrize("suffix", [*PACK][1:])
@given(parts=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=3), drop=st.integers(1, 400))
def test_streams_are_whole_or_refused(suffix: str, parts: list[bytes], drop: int) -> None:
    codec = suffix[1:]
    parts = [b"text" + part for part in parts]
    archive = b"".join(map(PACK[suffix], parts))
    assert b"".join(expand(io.BytesIO(archive), codec)) == b"".join(parts)
    ends = {sum(len(PACK[suffix](part)) for part in parts[:k]) for k in range(len(parts) + 1)}
    short = len(archive) - drop
    if short > 0 and short not in ends:
        with pytest.raises(QuarantineError):
            list(expand(io.BytesIO(archive[:short]), codec))


# ---------------------------------------------------------------- CSV


def csv_entries(tmp_path: Path, data: bytes, fields: Fields | None = None, *, step: int = 0) -> list[Entry]:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    file = InputFile("t.csv", path, len(data), "csv", "t.csv")
    segments = [Segment(file, 0, len(data))]
    if step:
        segments = [segment for shard in cut([file], shard_bytes=step) for segment in shard.segments]
    return [entry for segment in segments for entry in csv_format.read(segment, fields or Fields())]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"id,body\n1,a\n", "the header has no column 'text'"),
        (b"id,text,text\n1,a,b\n", "the header has 2 columns 'text'"),
        (b"text\n", ""),
        (b"", ""),
        ("id,text\n1,a\n".encode("utf-16"), "save the table as UTF-8"),
        (b"id,text\n1\n", "the row has 1 cells, the header 2"),
        (b"id,text\n1,a,b\n", "the row has 3 cells, the header 2"),
        (b'id,text\n1,"never closed\n', "a quotation mark is never closed"),
    ],
)
def test_csv_that_is_no_record(data: bytes, reason: str, tmp_path: Path) -> None:
    entries = csv_entries(tmp_path, data)
    assert b"".join(entry.raw for entry in entries) == data
    assert not [entry for entry in entries if entry.text is not None]
    assert reason in "".join(entry.reason for entry in entries)


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"text\na\nb\n", ["a", "b"]),
        (b"id,text\r\n1,a\r\n2,b", ["a", "b"]),
        (b"id;text\n1;a,b\n", ["a,b"]),
        (b"id\ttext\n1\ta \"b\"\n", ['a "b"']),
        (b'"id","text"\n"1","a\nb ""c"""\n', ['a\nb "c"']),
        (b'\xef\xbb\xbftext,"a;b;c;d"\nx,y\n', ["x"]),
        (b"text,id\n,1\n", [""]),
        (b'text,id\n"a"b,1\n', ["ab"]),
        (b'text,id\n5" pipe,1\n', ['5" pipe']),
        (b"text,id\n\n\r\na,1\n", ["a"]),
        (b"text,id\ra,1\r", ["a"]),
        ("text,id\nнебо,1\n".encode(), ["небо"]),
        ("text,id\nLes pêcheurs étaient là; où sont-ils allés?,1\n".encode("cp1252"),
         ["Les pêcheurs étaient là; où sont-ils allés?"]),
    ],
)  # fmt: skip
def test_csv_that_is_read(data: bytes, texts: list[str], tmp_path: Path) -> None:
    entries = csv_entries(tmp_path, data)
    assert b"".join(entry.raw for entry in entries) == data
    assert [entry.text for entry in entries if entry.text is not None] == texts
    for entry in entries:
        if entry.text is not None and not entry.keep_raw:
            assert csv_format.render(entry.layout, entry.text) == entry.raw


@pytest.mark.parametrize(
    ("line", "style", "keep"),
    [
        (b'{"text":"caf\xc3\xa9"}\n', "utf8", False),
        (b'{"text": "caf\\u00e9"}\n', "ascii", False),
        (b'{"text" : "caf\\u00e9"}\n', "ascii", False),
        (b'{"id": {"text": "caf\xc3\xa9"}, "text": "caf\xc3\xa9"}\n', "utf8", False),
        (b'{"text": "caf\\u00E9"}\n', "utf8", True),  # a way of writing that is none of ours
        (b'{"t\\u0065xt": "a", "x": "text"}\n', "utf8", False),
    ],
)
def test_a_record_is_written_as_it_was_read(line: bytes, style: str, keep: bool) -> None:
    entry = read_line(line, "x.jsonl:1", 0, Fields())
    assert (entry.layout["style"], entry.keep_raw) == (style, keep)
    if not keep:
        assert render(entry.layout, entry.text or "") == line


@pytest.mark.parametrize(
    ("line", "head"),
    [
        (rb'{"a": {"text": "x"}, "te\u0078t": "x"}', rb'{"a": {"text": "x"}, "te\u0078t": '),
        (rb'{"text": "x", "te\u0078t": "x"}', rb'{"text": "x", "te\u0078t": '),
        (rb'{"title": "\u003ci\u003e", "text": "x", "n": 1}', rb'{"title": "\u003ci\u003e", "text": '),
    ],
)
def test_the_text_of_a_record_is_what_a_parser_takes(line: bytes, head: bytes) -> None:
    entry = read_line(line, "x.jsonl:1", 0, Fields())
    assert render({**entry.layout}, "x") == line
    assert render({**entry.layout}, "y") == head + line[len(head) :].replace(b'"x"', b'"y"', 1)


def test_csv_cells_beside_the_text_are_not_touched(tmp_path: Path, clean: Clean) -> None:
    data = (
        b'a ;"text";  b\r\n 007;"Read also: Five more bridges";x\r\n'
        b'"1,50";"It rained.  ";" ""q"" "\r\n;It snowed.;\r\n'
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.csv").write_bytes(data)
    assert run(clean, tmp_path / "in", tmp_path / "out").code == 0
    written = (tmp_path / "out" / "t.csv").read_bytes()
    assert written == b'a ;"text";  b\r\n"1,50";"It rained.";" ""q"" "\r\n;It snowed.;\r\n'
    assert clean("verify", tmp_path / "out").code == 0


def test_csv_host_and_id(tmp_path: Path) -> None:
    data = b"id,url,text\n7,https://news.example/a,one\n"
    (entry,) = [entry for entry in csv_entries(tmp_path, data) if entry.text is not None]
    assert (entry.key, entry.id, entry.source) == ("t.csv:1", "7", "news.example")


def test_csv_of_which_nothing_is_left_keeps_its_header(tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / "in", {"t.csv": "id,text\n1,Read also: Five more bridges\n", "u.csv": "id,text\n"})
    assert run(clean, tmp_path / "in", tmp_path / "out").code == 0
    assert tree(tmp_path / "out", audit=False) == {"t.csv": b"id,text\n", "u.csv": b"id,text\n"}
    assert clean("verify", tmp_path / "out").code == 0


# Python's writer leaves a carriage return without quotation marks when rows end otherwise: no reader agrees
CELLS = st.lists(st.sampled_from([*"ab ,;\"\n\té'|0", "\r\n"]), max_size=6).map("".join)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    step=st.integers(1, 60),
)
def test_csv_is_read_as_its_writer_meant_it(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str, step: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(["id", "text", "x"])
    writer.writerows(rows)
    data = stream.getvalue().encode()
    folder = tmp_path_factory.getbasetemp()
    entries = csv_entries(folder, data)
    assert [entry.text for entry in entries if entry.text is not None] == [text for _, text, _ in rows]
    assert [entry.id for entry in entries if entry.text is not None] == [first for first, _, _ in rows]
    assert csv_entries(folder, data, step=step) == entries, "cutting changes nothing"
    for entry in entries:
        if entry.text is not None:
            check_record(entry, entry.text)


def check_record(entry: Entry, text: str) -> None:
    """What is written can be read, and gives the row back."""
    fields = Fields()
    for new in (text, "", 'x,"y"\n;z', "\t|'"):
        written = csv_format.render(entry.layout, new)
        assert csv_format.text_of(written, entry.layout, fields) == new
        if not entry.keep_raw:
            assert csv_format.rebuild(written, text, entry.layout, fields) == entry.raw


@given(rest=st.binary(max_size=120), step=st.integers(1, 40))
@example(rest=b'"""\n"""\n', step=3)
@example(rest=b"\xfe\xff", step=1)
@example(rest=b'1,"a""b\n2,c\n', step=5)
def test_csv_of_any_bytes_loses_nothing(
    rest: bytes, step: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = b"text,id\n" + rest
    folder = tmp_path_factory.getbasetemp()
    for entries in (csv_entries(folder, data), csv_entries(folder, data, step=step)):
        assert b"".join(entry.raw for entry in entries) == data
        for entry in entries:
            assert (
                entry.text is not None
                or entry.keep_raw
                or entry.reason
                or entry.copy
                or not entry.raw.strip()
            )
            if entry.text is not None:
                check_record(entry, entry.text)


@settings(max_examples=20)
@given(texts=st.lists(st.sampled_from([*TEXTS, "", '"', "a,b", "  "]), max_size=6))
def test_csv_through_a_run(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    from cleaner.audit.rebuild import open_run, rebuild

    folder = tmp_path_factory.mktemp("csv")
    data = table(tuple(texts))
    write(folder / "in", {"t.csv": data})
    out = publish(folder)
    assert {path: b"".join(pieces) for path, pieces in rebuild(open_run(out))} == {"t.csv": data}


def publish(folder: Path) -> Path:
    """Run the text steps on `folder/in` without a command line."""
    from cleaner.engines.local import LocalEngine
    from cleaner.run.guard.place import open_work
    from cleaner.run.job import Job
    from cleaner.run.publishing.finish import publish_run
    from cleaner.run.settle import settle
    from cleaner.settings import RuleSources, Settings

    out = folder / "out"
    configuration = Settings(steps=("encoding", "boilerplate"), rules=RuleSources(isolated=True))
    job = Job(configuration, discover([folder / "in"]), open_work(out, {}, resume=False), LocalEngine(1))
    publish_run(job, settle(job), out)
    return out


# ---------------------------------------------------------------- Parquet


def through(
    clean: Clean, tmp_path: Path, value: pa.Table, *options: object, **writing: Any
) -> pq.ParquetFile | None:
    """Run a table through the command line, check that it comes back, and return what was written."""
    data = parquet_bytes(value, **writing)
    write(tmp_path / "in", {"t.parquet": data})
    assert run(clean, tmp_path / "in", tmp_path / "out", *options).code in (0, 3)
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert (tmp_path / "back" / "t.parquet").read_bytes() == data
    written = tmp_path / "out" / "t.parquet"
    return pq.ParquetFile(written) if written.exists() else None


KINDS = (
    pa.string(),
    pa.large_string(),
    pa.dictionary(pa.int32(), pa.string()),
    pa.dictionary(pa.int8(), pa.large_string()),
)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_parquet_keeps_schema_metadata_and_other_columns(
    kind: pa.DataType, tmp_path: Path, clean: Clean
) -> None:
    schema = pa.schema(
        [
            pa.field("id", pa.decimal128(5, 2), metadata={"unit": "none"}),
            pa.field("text", kind),
            pa.field("tags", pa.list_(pa.string())),
            pa.field("at", pa.timestamp("us", tz="UTC")),
            pa.field("part", pa.struct([("a", pa.int8()), ("b", pa.binary())])),
        ],
        metadata={"made by": "a test"},
    )
    value = pa.table(
        {
            "id": [Decimal(k) for k in range(1, 5)],
            "text": pa.array(TEXTS, kind),
            "tags": [["a"], None, [], ["b", None]],
            "at": pa.array([0, 1, None, 3], pa.timestamp("us", tz="UTC")),
            "part": [{"a": 1, "b": b"\xff"}, None, {"a": None, "b": b""}, {"a": 4, "b": None}],
        },
        schema=schema,
    )
    written = through(clean, tmp_path, value, compression={"id": "zstd", "text": "gzip"}, row_group_size=2)
    assert written is not None
    source = pq.ParquetFile(tmp_path / "in" / "t.parquet")
    assert written.schema_arrow.equals(source.schema_arrow, check_metadata=True)
    assert written.schema.equals(source.schema)
    result = written.read()
    assert tuple(result["text"].to_pylist()) == TEXTS_OUT
    kept = value.take([0, 2, 3])
    for name in ("id", "tags", "at", "part"):
        assert result[name].to_pylist() == kept[name].to_pylist()
    group = written.metadata.row_group(0)
    codecs = {group.column(k).path_in_schema: group.column(k).compression for k in range(2)}
    assert codecs == {"id": "ZSTD", "text": "GZIP"}
    assert written.metadata.num_row_groups == 2


def test_parquet_without_rows_is_written(tmp_path: Path, clean: Clean) -> None:
    written = through(clean, tmp_path, arrow((CLEAN,)).slice(0, 0))
    assert written is not None and written.metadata.num_rows == 0


def test_parquet_of_which_nothing_is_left_is_not_written(tmp_path: Path, clean: Clean) -> None:
    assert through(clean, tmp_path, arrow((GONE, GONE))) is None


def test_parquet_rows_with_null_stay_and_those_that_are_no_text_are_quarantined(
    tmp_path: Path, clean: Clean
) -> None:
    broken = pa.array([b"fine words here.", b"\x00\x01\x02\xff\xfe" * 9], pa.binary())
    values = pa.chunked_array([pa.array([None], pa.string()), broken.view(pa.string())])
    written = through(clean, tmp_path, pa.table({"text": values}))
    assert written is not None and written.read()["text"].to_pylist() == [None, "fine words here."]
    assert [line["doc"] for line in trail(tmp_path / "out", "quarantine")] == ["t.parquet:3"]


PARQUET: list[tuple[str, bytes, str]] = [
    ("no column", parquet_bytes(pa.table({"body": ["a"]})), "the table has no column 'text'"),
    ("numbers", parquet_bytes(pa.table({"text": [1]})), "is not text but int64"),
    ("lists", parquet_bytes(pa.table({"text": [["a"]]})), "is not text but list"),
    ("empty file", b"", "not readable as Parquet"),
    ("words", b"PAR1 just words PAR1", "not readable as Parquet"),
    ("half", parquet_bytes(arrow(TEXTS))[:-40], "not readable as Parquet"),
]


def test_parquet_that_is_none(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {f"{name}.parquet": data for name, data, _ in PARQUET}
    assert run(clean, write(tmp_path / "in", files), tmp_path / "out").code == 3
    reasons = {line["path"]: line["reason"] for line in trail(tmp_path / "out", "quarantine")}
    for name, _, reason in PARQUET:
        assert reason in reasons[f"{name}.parquet"], name
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == files


def test_parquet_with_damaged_pages_loses_nothing(tmp_path: Path, clean: Clean) -> None:
    texts = tuple(f"Sentence number {k} of a longer table." for k in range(400))
    data = bytearray(
        parquet_bytes(arrow(texts), row_group_size=100, compression="zstd", use_dictionary=False)
    )
    at = pq.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(1).data_page_offset
    data[at : at + 40] = bytes(40)
    write(tmp_path / "in", {"t.parquet": bytes(data)})
    assert run(clean, tmp_path / "in", tmp_path / "out").code == 3
    (line,) = trail(tmp_path / "out", "quarantine")
    assert line["doc"] == "t.parquet:101" and line["reason"].startswith("rows 101 to 200: ")
    assert pq.read_table(tmp_path / "out" / "t.parquet").num_rows == 300
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert (tmp_path / "back" / "t.parquet").read_bytes() == bytes(data)


def test_no_raw_is_said_by_verify_and_restore(tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / "in", {"t.parquet": parquet_bytes(arrow(TEXTS)), "a.txt": FIRST, "t.csv": table(TEXTS)})
    assert run(clean, tmp_path / "in", tmp_path / "out", "--no-raw").code == 0
    result = clean("verify", tmp_path / "out")
    assert result.code == 0
    assert "t.parquet: cannot be proven" in result.out and "a.txt" not in result.out
    result = clean("restore", tmp_path / "out", tmp_path / "back")
    assert result.code == 1 and "t.parquet" in result.err
    assert {*tree(tmp_path / "back")} == {"a.txt", "t.csv"}


def test_parquet_without_pyarrow_is_a_usage_error(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    write(tmp_path / "in", {"t.parquet": b"x"})
    with pytest.raises(UsageError, match=r"pip install 'cleaner\[parquet\]'"):
        discover([tmp_path / "in"])
    result = run(clean, tmp_path / "in", tmp_path / "out")
    assert result.code == 2 and "pyarrow" in result.err


def test_nothing_but_parquet_needs_pyarrow(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    write(
        tmp_path / "in",
        {"a.txt": "The ferry to the island has been cancelled again because of the high waves."},
    )
    write(
        tmp_path / "later",
        {"b.txt": "The ferry to the island has been cancelled again because of the high waves."},
    )
    out = tmp_path / "out"
    assert run(clean, tmp_path / "in", out).code == 0
    assert run(clean, tmp_path / "later", tmp_path / "out2", "--against", out).code == 0
    for command in ("verify", "report", "why"):
        assert clean(command, tmp_path / "out2", *(("b.txt",) if command == "why" else ())).code == 0
    write(tmp_path / "in", {"t.parquet": b"x"})
    result = run(clean, tmp_path / "in", tmp_path / "out3")
    assert (result.code, result.err) == (
        2,
        "clean: Parquet files need pyarrow: pip install 'cleaner[parquet]'\n",
    )


def test_format_can_be_told(tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / "in", {"table.data": table(TEXTS), "table.data.gz": gzip.compress(table(TEXTS))})
    assert run(clean, tmp_path / "in", tmp_path / "out", "--format", "csv").code == 0
    assert content(tmp_path / "out")["table.data"] == content(tmp_path / "out")["table.data.gz"]
    assert clean("verify", tmp_path / "out").code == 0


# ---------------------------------------------------------------- HTML

ARTICLE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="{charset}"><title>Bridge opens</title>
<link rel="canonical" href="https://harrow.example/bridge"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Bridge opens</h1>
<p>The old bridge of Harrow was opened on Tuesday after two years of repairs that cost twice the sum.</p>
<p>{text}</p>
</article></body></html>"""
CAFE = (
    "“It is a long way to the café”, she said, and then the rain came down on everybody who had waited there."
)


def page(text: str = CAFE, *, charset: str = "utf-8") -> bytes:
    return ARTICLE.format(text=text, charset=charset, lang="en").encode(charset)


def test_html_becomes_text_and_comes_back(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {
        "a.html": page(),
        "b/c.HTM": page(charset="cp1252"),
        "d.html.gz": gzip.compress(page()),
        "x.html": b'<?xml version="1.0" encoding="utf-8"?>\n' + page(),
        "share.html": page(
            "Itâ€™s raining in the valley of Harrow, and nobody who waits for the ferry is dry."
        ),
    }
    out, back = tmp_path / "out", tmp_path / "back"
    assert run(clean, write(tmp_path / "in", files), out).code == 0
    written = content(out)
    assert {*written} == {"a.txt", "b/c.txt", "d.txt.gz", "x.txt", "share.txt"}
    for name in ("a.txt", "b/c.txt", "d.txt.gz", "x.txt"):
        assert CAFE in written[name].decode(), name
        assert "Home" not in written[name].decode()
    assert "It’s raining" in written["share.txt"].decode()
    line = next(line for line in trail(out, "documents") if line["doc"] == "b/c.HTM")
    assert line["encoding"] == "cp1252"
    assert (
        line["facts"]["title"] == "Bridge opens" and line["facts"]["url"] == "https://harrow.example/bridge"
    )
    assert clean("verify", out).code == 0
    assert clean("restore", out, back).code == 0
    assert content(back) == content(tmp_path / "in")


def test_html_that_is_none(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(html: str) -> None:
        message = "the parser fell over"
        raise RecursionError(message)

    monkeypatch.setattr("cleaner.formats.html.article.extract", broken)
    files: dict[str, str | bytes] = {"a.html": page(), "b.html": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}
    assert run(clean, write(tmp_path / "in", files), tmp_path / "out").code == 3
    reasons = {line["path"]: line["reason"] for line in trail(tmp_path / "out", "quarantine")}
    assert "the parser fell over" in reasons["a.html"] and "PNG" in reasons["b.html"]
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == files


def test_html_without_its_bytes(tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / "in", {"a.html": page()})
    assert run(clean, tmp_path / "in", tmp_path / "out", "--no-raw").code == 0
    assert not [*(tmp_path / "out" / "_clean").glob("raw-*")]
    assert "a.html: cannot be proven" in clean("verify", tmp_path / "out").out
    assert clean("why", tmp_path / "out", "a.html").code == 0


def test_two_inputs_with_one_output_are_refused(tmp_path: Path, clean: Clean) -> None:
    result = run(clean, write(tmp_path / "in", {"a.html": page(), "a.txt": CLEAN}), tmp_path / "out")
    assert result.code == 2 and "a.txt" in result.err
    assert not (tmp_path / "out").exists()


def test_html_without_trafilatura_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'cleaner\[html\]'"):
        discover([write(tmp_path / "in", {"a.html": page()})])


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b"<html><head><title>x</title>", None),
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", "windows-1251"),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?>', "iso-8859-2"),
        (b"<p>charset=koi8-r</p>", None),
        (b" " * 5000 + b"<meta charset=utf-8>", None),
    ],
)
def test_declared_charset(head: bytes, charset: str | None) -> None:
    assert declared_charset(head) == charset
