"""A small corpus in every format and compression, and what has to be true of a run of it."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import quopri
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import zstandard

from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from tests.support.corpora import PIECES, trail, tree, write

LONG = PIECES[0]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


@dataclass(slots=True)
class Outcome:
    """Faults that were injected, and those after which something was lost, or lost and not told of."""

    injected: int = 0
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what came of other faults."""
        self.injected += other.injected
        self.lost += other.lost
        self.silent += other.silent


def contents() -> dict[str, bytes]:
    """Return a file of every format, by its name."""
    texts = [f"{piece} Part {k}.\n\n{LONG}\n\nAdvertisement\n" for k, piece in enumerate(PIECES[:5])]
    records = [{"id": k, "text": text, "n": 1.50} for k, text in enumerate(texts)]
    rows = "".join('{},"{}"\r\n'.format(k, text.replace('"', '""')) for k, text in enumerate(texts))
    page = "".join(f"<p>{piece}</p>" for piece in PIECES[:5])
    return {
        "a.txt": (texts[0] * 2).encode(),
        "b.jsonl": "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode(),
        "c.csv": f"id,text\r\n{rows}".encode(),
        "d.html": f"<html><body><article>{page}</article></body></html>".encode(),
        "e.parquet": parquet(texts),
        "f.eml": mail(texts[0].encode()),
        "g.mbox": b"".join(SENT + mail(text.encode()) + b"\n" for text in texts[:2]),
        "h.srt": subtitles("", ","),
        "i.vtt": subtitles("WEBVTT\n\n", "."),
    } | (web(page, texts[:2]) if find_spec("warcio") else {})


SENT = b"From aase@ferry.example  Thu Jan  1 00:00:00 2026\n"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def mail(text: bytes) -> bytes:
    """Return a message with a text in quoted-printable and an attachment."""
    return (
        b"From: Aase <aase@ferry.example>\nMessage-ID: <1@ferry.example>\n"
        b'Content-Type: multipart/mixed; boundary="=_b"\n\n'
        b"--=_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + quopri.encodestring(text)
        + b"\n--=_b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(bytes(range(64)))
        + b"\n--=_b--\n"
    )


def subtitles(head: str, point: str) -> bytes:
    """Return cues of a film, with times in the way of one format."""
    cues = (
        f"{k + 1}\n00:00:0{k}{point}000 --> 00:00:0{k}{point}900\n{piece}  \n\n"
        for k, piece in enumerate(PIECES[:5])
    )
    return (head + "".join(cues)).encode()


def web(page: str, texts: list[str]) -> dict[str, bytes]:
    """Return web archives, by their names: of a page, and of texts."""
    got = web_record("response", HTTP + page.encode())
    return {
        "j.warc": got + web_record("request", b"GET / HTTP/1.1\r\n\r\n"),
        "k.wet": b"".join(web_record("conversion", text.encode()) for text in texts),
    }


def web_record(kind: str, payload: bytes) -> bytes:
    """Return a record of a web archive."""
    media = "text/plain" if kind == "conversion" else "application/http; msgtype=" + kind
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{zlib.crc32(payload):08x}>\r\n"
        "WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: https://news.example/a\r\n"
        f"Content-Type: {media}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload + b"\r\n\r\n"


def archives() -> dict[str, bytes]:
    """Return archives of files, by their names."""
    files = contents()
    inside = {"a.txt": files["a.txt"], "b/b.jsonl": files["b.jsonl"], "c.png": b"\x89PNG"}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in inside.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    with tarfile.open(fileobj=tarred, mode="w") as file:
        for name, data in inside.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return {"l.zip": zipped.getvalue(), "m.tar": tarred.getvalue()}


def parquet(texts: list[str]) -> bytes:
    """Return a table of texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({"id": range(len(texts)), "text": texts}), stream)
    return stream.getvalue()


def small(folder: Path) -> Path:
    """Write a corpus of a few files, some of them compressed, with duplicates and with what is quarantined."""
    files = contents()
    return write(
        folder,
        {
            "a.txt": files["a.txt"],
            "b.jsonl": files["b.jsonl"] + b"broken\n",
            "c.csv.gz": PACKERS[".gz"](files["c.csv"]),
            "d/e.txt.xz": PACKERS[".xz"](files["a.txt"] + "Übrigens.".encode("cp1252")),
        },
    )


def content_of(data: bytes, suffix: str) -> bytes | None:
    """Return the content of an archive as the reference decoder reads it; None when it is damaged."""
    try:
        match suffix:
            case ".gz":
                return gzip.decompress(data)
            case ".bz2":
                return bz2.decompress(data)
            case ".xz":
                return lzma.decompress(data)
            case ".zst":
                return zstandard.ZstdDecompressor().decompress(data, max_output_size=1 << 24)
        return data
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
        return None


def is_proven(out: Path) -> bool:
    """Tell whether a finished run proves what it claims."""
    return list(verify(open_run(out))) == []


def is_restored(out: Path, source: Path, back: Path) -> list[str]:
    """Return the names of files that do not come back: byte for byte, or of an archive the same content.

    Of an archive of files its members come back, all but those that `run.json` or the quarantine names.
    """
    finished = open_run(out)
    restore(finished, back)
    before, after = tree(source), tree(back)
    told = {line["path"] for line in trail(out, "quarantine")}
    told |= {item["path"] for item in finished.run["skipped"]}
    wrong: list[str] = []
    for name, data in before.items():
        if name in after:
            if not is_same(data, after[name], Path(name).suffix):
                wrong.append(name)
        elif is_archive(name):
            wrong += [
                f"{name}/{member}"
                for member, content in members_of(name, data).items()
                if after.get(f"{name}/{member}") != content and told.isdisjoint({name, f"{name}/{member}"})
            ]
        elif name not in told:
            wrong.append(name)
    return wrong


def is_same(one: bytes, other: bytes, suffix: str) -> bool:
    """Tell whether two files are the same bytes, or archives of the same bytes."""
    packed = suffix in PACKERS and suffix != ""
    return one == other or (packed and content_of(one, suffix) == content_of(other, suffix) is not None)


def is_archive(name: str) -> bool:
    """Tell whether a name is that of an archive of files."""
    return ".zip" in name or ".tar" in name


def members_of(name: str, data: bytes) -> Mapping[str, bytes]:
    """Return the members of an archive that the standard library can read, by name; of several of one name the last."""
    found: dict[str, bytes] = {}
    try:
        if ".zip" in name:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        found[member.filename] = archive.read(member)
        else:
            content = content_of(data, Path(name).suffix)
            with tarfile.open(fileobj=io.BytesIO(content or b""), errors="surrogateescape") as file:
                for info in file:
                    if info.isreg():
                        found[info.name] = (file.extractfile(info) or io.BytesIO()).read()
    except (OSError, ValueError, EOFError, LookupError, NotImplementedError, RuntimeError, zlib.error):
        pass
    except (zipfile.BadZipFile, tarfile.TarError):
        pass
    return found
