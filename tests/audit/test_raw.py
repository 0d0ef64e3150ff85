"""Kept bytes: each frame is what it would be alone, whatever was kept before it."""

from __future__ import annotations

import io
import random
from pathlib import Path

from cleaner.audit.raw import RawWriter, raw_name, read_raw
from cleaner.storage.zstd import zstd


def pieces() -> list[bytes]:
    rng = random.Random(5)
    line = b"The third boat stayed in the harbour, and nobody asked why.\n"
    sizes = (0, 1, 60, 70, 5_000, 300_000)
    return [(line * 6_000)[:size] for size in sizes] + [rng.randbytes(size) for size in sizes]


def test_a_frame_does_not_depend_on_those_before_it() -> None:
    stream = io.BytesIO()
    writer = RawWriter(stream)
    refs = [writer.keep(piece) for piece in pieces() * 2]
    kept = stream.getvalue()
    assert [kept[at : at + size] for at, size in refs] == [zstd.compress(piece, 3) for piece in pieces()] * 2


def test_what_was_kept_is_read_by_its_place(tmp_path: Path) -> None:
    with (tmp_path / raw_name(4)).open("wb") as stream:
        writer = RawWriter(stream)
        refs = [writer.keep(piece) for piece in pieces()]
    assert [read_raw(tmp_path, [4, *ref]) for ref in refs] == pieces()
