"""Tells the encoding of bytes that are not UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from cleaner.corpus.decode_east import east_scores
from cleaner.corpus.decode_score import sample, single_byte_scores

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"GIF8", "GIF image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"RIFF", "RIFF container"),
    (b"%PDF-", "PDF document"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b\x08", "gzip archive"),
    (b"BZh9", "bzip2 archive"),
    (b"\xfd7zXZ\0", "xz archive"),
    (b"\x28\xb5\x2f\xfd", "zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x7fELF", "ELF program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"PAR1", "Parquet table"),
)
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {*b"\0\t\n\v\f\r\x1a\x1b"})


@dataclass(frozen=True, slots=True)
class LinePlan:
    """The byte ranges of whole lines that are not UTF-8; all others are."""

    legacy: tuple[tuple[int, int], ...]


def is_binary(data: bytes) -> str | None:
    r"""Say what makes these bytes something else than text, None if nothing does.

    >>> is_binary(b"\x89PNG\r\n\x1a\n...")
    'PNG image'
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    head = data[:1_000_000]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    zeros = head.count(0)
    if controls > 8 and controls > len(head) // 50 or zeros > len(head) // 2:
        return "too many control characters"
    return None


def seven_bit(data: bytes) -> str | None:
    r"""Tell an encoding that hides other scripts in ASCII by its escape sequences.

    >>> seven_bit("日本".encode("iso2022_jp"))
    'iso2022_jp'
    """
    candidates: list[str] = []
    if b"\x1b$" in data:
        candidates = ["iso2022_kr"] if b"\x1b$)C" in data else ["iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"]
    elif b"~{" in data and re.search(rb"~\{(?:[\x21-\x7d][\x21-\x7e])+~\}", data):
        candidates = ["hz"]
    for encoding in candidates:
        try:
            if any(ord(char) > 0x7F for char in data.decode(encoding)):
                return encoding
        except UnicodeDecodeError:
            continue
    return None


def wide_encoding(data: bytes) -> str | None:
    r"""Tell UTF-16 and UTF-32 without byte order mark by where their zero bytes are.

    >>> wide_encoding("plain words".encode("utf-16-le"))
    'utf-16-le'
    """
    head = data[: 1 << 16]
    if b"\0" not in head or len(head) < 2:
        return None
    best, best_share = None, 0.0
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        size = 4 if "32" in encoding else 2
        codes = np.frombuffer(head[: len(head) // size * size], f"{'<' if encoding.endswith('le') else '>'}u{size}")
        if codes.size == 0:
            continue
        share = float(np.mean(_usual(codes.astype(np.int64))))
        if share > best_share:
            best, best_share = encoding, share
    return best if best_share > 0.9 else None


def _usual(codes: np.ndarray) -> np.ndarray:
    """Tell which code points are usual in text."""
    ascii_text = ((codes >= 0x20) & (codes < 0x7F)) | (codes == 10) | (codes == 13) | (codes == 9)
    letters = ((codes >= 0xA0) & (codes < 0x1200)) | ((codes >= 0x2010) & (codes < 0x2040))
    east = ((codes >= 0x3000) & (codes < 0x3100)) | ((codes >= 0x4E00) & (codes < 0x9FA6)) | ((codes >= 0xAC00) & (codes < 0xD7A4))
    return ascii_text | letters | east | ((codes >= 0xFF00) & (codes < 0xFF66))


def lines_in_two_encodings(data: bytes) -> LinePlan | None:
    """Find the lines that are not UTF-8 in data of which a good part is; None when it is one legacy encoding."""
    return None


def detect(data: bytes, declared: str | None) -> str | None:
    """Find the legacy encoding."""
    part = sample(data)
    scores = sorted(single_byte_scores(part) + east_scores(part), key=lambda score: -score.total)
    return scores[0].encoding
