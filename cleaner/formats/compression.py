"""Compression around any format: streams unpacked within limits, bytes compressed alike each time."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from cleaner.errors import QuarantineError
from cleaner.storage.zstd import zstd

PIECE: Final = 1 << 20
"""Bytes that are asked of a decoder at once."""
_MEMORY: Final = 1 << 28
"""Bytes that a decoder may need for itself."""
_ZSTD_DECODER: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: _MEMORY.bit_length() - 1}
_ZSTD_ENCODER: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 3,
    zstd.CompressionParameter.checksum_flag: 1,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a compressed file may become: `size` bytes, and, if over `free`, `ratio` times its own size."""

    size: int = 1 << 36
    ratio: int = 250
    free: int = 1 << 25


NO_LIMITS: Final = Limits(1 << 62, 1 << 62)
"""For what a run itself has compressed."""


class Decoder(Protocol):
    """What the standard library's decoders of bz2, xz and zstd offer, and ours of gzip."""

    @property
    def eof(self) -> bool:
        """Tell whether the end of the stream has come."""

    @property
    def needs_input(self) -> bool:
        """Tell whether nothing more comes without more input."""

    @property
    def unused_data(self) -> bytes:
        """Input behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Take input and return output."""


class Encoder(Protocol):
    """What all encoders offer."""

    def compress(self, data: bytes, /) -> bytes:
        """Take input and return output, if there is any yet."""

    def flush(self) -> bytes:
        """End the stream."""


class _Gzip:
    """A decoder of one gzip member."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=31)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        output = self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)
        self._full = len(output) == max_length
        return output


@dataclass(frozen=True, slots=True)
class Codec:
    """One way of compression: its name, the end of its files' names, how its files begin, both directions."""

    name: str
    suffix: str
    magic: bytes
    decoder: Callable[[], Decoder]
    encoder: Callable[[], Encoder]
    """Makes an encoder; equal input yields equal bytes."""


CODECS: Final = {
    codec.name: codec
    for codec in (
        Codec("gz", ".gz", b"\x1f\x8b\x08", _Gzip, lambda: zlib.compressobj(6, wbits=31)),
        Codec(
            "zst",
            ".zst",
            b"\x28\xb5\x2f\xfd",
            lambda: zstd.ZstdDecompressor(options=_ZSTD_DECODER),
            lambda: zstd.ZstdCompressor(options=_ZSTD_ENCODER),
        ),
        Codec("bz2", ".bz2", b"BZh", bz2.BZ2Decompressor, bz2.BZ2Compressor),
        Codec(
            "xz",
            ".xz",
            b"\xfd7zXZ\0",
            lambda: lzma.LZMADecompressor(memlimit=_MEMORY),
            lzma.LZMACompressor,
        ),
    )
}


def compress(pieces: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Compress pieces into one stream: there are readers that stop silently at the end of the first.

    >>> zlib.decompress(b"".join(compress([b"a", b"b"], "gz")), wbits=31)
    b'ab'
    """
    encoder = CODECS[codec].encoder()
    for piece in pieces:
        yield encoder.compress(piece)
    yield encoder.flush()


def compress_file(path: Path, target: Path, codec: str) -> None:
    """Compress a file to `target` and remove it."""
    with path.open("rb") as source, target.open("wb") as stream:
        for piece in compress(iter(lambda: source.read(PIECE), b""), codec):
            stream.write(piece)
    path.unlink()


def split_name(key: str) -> tuple[str, str, str]:
    """Take the end that names a codec off a file's name: (name without it, the end, codec or nothing).

    A file may be compressed several times by its name; the last codec counts.

    >>> split_name("a/b.jsonl.GZ"), split_name("a.txt")
    (('a/b.jsonl', '.GZ', 'gz'), ('a.txt', '', ''))
    """
    lower = key.lower()
    for codec in CODECS.values():
        if lower.endswith(codec.suffix):
            at = len(key) - len(codec.suffix)
            inner, end, _ = split_name(key[:at])
            return inner, end + key[at:], codec.name
    return key, "", ""


def expand(stream: BinaryIO, codec: str, *, limits: Limits | None = None) -> Iterator[bytes]:
    """Yield the content of a compressed file in pieces.

    Raises QuarantineError where the stream is damaged, ends too early, becomes larger than the
    limits allow, or holds compressed data again.
    """
    limits = limits or Limits()
    size = 0
    try:
        for piece in _pieces(stream, CODECS[codec]):
            if not size and limits is not NO_LIMITS:
                _refuse_nested(piece)
            size += len(piece)
            _check(size, stream.tell(), limits)
            yield piece
    except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError) as error:
        message = f"not readable as {codec}: {error}"
        raise QuarantineError(message) from None


def _pieces(stream: BinaryIO, codec: Codec) -> Iterator[bytes]:
    """Decode one stream of the file after the other."""
    data = stream.read(PIECE)
    if not data:
        message = "the file is empty"
        raise EOFError(message)
    while data:
        decoder = codec.decoder()
        while not decoder.eof:
            if decoder.needs_input and not data:
                data = stream.read(PIECE)
                if not data:
                    message = "the stream ends too early"
                    raise EOFError(message)
            piece = decoder.decompress(data, PIECE)
            data = b""
            if piece:
                yield piece
        data = decoder.unused_data or stream.read(PIECE)
        while data and not data.strip(b"\0"):  # padding, as tapes and xz have it
            data = stream.read(PIECE)


def _refuse_nested(head: bytes) -> None:
    for codec in CODECS.values():
        if head.startswith(codec.magic) and not head[:40].isascii():
            message = f"compressed more than once: it holds {codec.name} data"
            raise QuarantineError(message)


def _check(size: int, consumed: int, limits: Limits) -> None:
    if size > limits.size:
        message = f"it would become larger than {limits.size:,} bytes"
        raise QuarantineError(message)
    if size > limits.free and size > limits.ratio * consumed:
        message = f"it becomes more than {limits.ratio} times as large: not unpacked"
        raise QuarantineError(message)
