"""The kernel that digests and sketches passages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.characters import BASIS, MIX_1, MIX_2, U8, U32, U64
from cleaner.dedup.kernels.compiler import bytes_at, inlined, kernel
from cleaner.dedup.kernels.tokenizer import mix, shingle, tokenize
from cleaner.dedup.parameters import PERMUTATIONS, Parameters
from cleaner.dedup.sketching.blocks import BLOCK
from cleaner.dedup.sketching.permutations import permutations
from cleaner.dedup.sketching.places import Places
from cleaner.dedup.table import Bytes, PassageTable
from cleaner.engines.compiling import part

_BLOCK = U8(BLOCK)


def sketch(buffer: Bytes, places: Places, parameters: Parameters) -> PassageTable:
    """Digest and sketch given passages; `bounds` of the table is left empty."""
    doc, start, end, at, chars, flags = places
    room = int(np.count_nonzero(end - start >= 2 * parameters.min_words - 1))
    words, tokens = np.empty(doc.size, np.int32), np.empty(doc.size, np.int32)
    digests = np.empty((doc.size, 2), np.uint64)
    long = np.empty(room, np.int32)
    signatures = np.empty((room, PERMUTATIONS), np.uint32)
    keys = np.empty((parameters.bands, room), np.uint32)
    brief = np.empty((room, PERMUTATIONS // 16), np.uint64)
    longest = int((end - start).max(initial=0))
    count = _sketch(
        buffer.ctypes.data,
        buffer.size,
        start,
        end,
        flags,
        table(),
        permutations(),
        np.array([parameters.shingle, parameters.min_words, parameters.rows]),
        np.empty(2 * longest + 2, np.uint64),
        np.empty(longest + 8, np.uint32),
        words,
        tokens,
        digests,
        long,
        signatures,
        keys,
        brief,
    )
    return PassageTable(
        bounds=np.zeros(1, np.int64),
        doc=doc,
        start=start,
        end=end,
        at=at,
        chars=chars,
        words=words,
        tokens=tokens,
        flags=flags,
        digest=digests,
        long=long[:count],
        signatures=signatures[:count],
        keys=np.ascontiguousarray(keys[:, :count]),
        brief=brief[:count],
    )


@kernel
def _sketch(
    address: int,
    size: int,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    flags: NDArray[np.uint8],
    table: NDArray[np.uint64],
    permutations: NDArray[np.uint32],
    numbers: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    mixed: NDArray[np.uint32],
    words: NDArray[np.int32],
    tokens: NDArray[np.int32],
    digests: NDArray[np.uint64],
    long: NDArray[np.int32],
    signatures: NDArray[np.uint32],
    keys: NDArray[np.uint32],
    brief: NDArray[np.uint64],
) -> int:
    """Digest every passage, sketch the long ones; return how many are long."""
    text = bytes_at(address, size)
    width, least, rows = numbers
    factors, addends = permutations[0], permutations[1]
    count = 0
    for passage in range(start.shape[0]):
        found, words[passage] = tokenize(text, start[passage], end[passage], table, hashes)
        tokens[passage] = found
        if found == 0:  # nothing but punctuation: equal only to the very same
            for i in range(start[passage], end[passage]):
                hashes[found] = U64(text[i])
                found += 1
        if flags[passage] & _BLOCK:
            _digest_bytes(text[start[passage] : end[passage]], digests[passage])
        else:
            _digest(hashes, found, tokens[passage], digests[passage])
        if words[passage] < least:
            continue
        number = shingle(hashes, found, width)
        _premix(hashes, number, mixed)
        signature = signatures[count]
        _permute(mixed, number, factors, addends, signature)
        for band in range(keys.shape[0]):
            keys[band, count] = _band_key(signature, band * rows, rows)
        _shorten(signature, brief[count])
        long[count] = passage
        count += 1
    return count


@inlined
def _digest(hashes: NDArray[np.uint64], count: int, tokens: int, out: NDArray[np.uint64]) -> None:
    """Write a 128-bit digest of a sequence of token hashes: two independent chains."""
    first, second = BASIS ^ U64(tokens), U64(count)
    for i in range(count):
        first = (first ^ hashes[i]) * MIX_1
        second = ((second << U64(29)) | (second >> U64(35))) * MIX_2 + hashes[i]
    out[0] = mix(first)
    out[1] = mix(second)


@part
def _digest_bytes(text: NDArray[np.uint8], out: NDArray[np.uint64]) -> None:
    """Write a 128-bit digest of bytes, which no sequence of tokens has."""
    first, second = ~BASIS, U64(text.shape[0])
    for byte in text:
        first = (first ^ U64(byte)) * MIX_1
        second = ((second << U64(29)) | (second >> U64(35))) * MIX_2 + U64(byte)
    out[0] = mix(first)
    out[1] = mix(second)


@inlined
def _premix(hashes: NDArray[np.uint64], count: int, mixed: NDArray[np.uint32]) -> None:
    """Make 32-bit shingle hashes (the upper halves), mixed as datasketch mixes its input (fmix32)."""
    for i in range(count):
        x = U32(hashes[i] >> U64(32))
        x = U32((x ^ (x >> U32(16))) * U32(0x85EBCA6B))
        x = U32((x ^ (x >> U32(13))) * U32(0xC2B2AE35))
        mixed[i] = x ^ (x >> U32(16))


@inlined
def _permute(
    mixed: NDArray[np.uint32],
    count: int,
    factors: NDArray[np.uint32],
    addends: NDArray[np.uint32],
    signature: NDArray[np.uint32],
) -> None:
    """Write the least value of every permutation; four shingles at a time keep the minima in registers."""
    for i in range(count, count + (-count) % 4):
        mixed[i] = mixed[count - 1]
    for k in range(PERMUTATIONS):
        signature[k] = U32(0xFFFFFFFF)
    for i in range(0, count, 4):
        h0, h1, h2, h3 = mixed[i], mixed[i + 1], mixed[i + 2], mixed[i + 3]
        for k in range(PERMUTATIONS):
            a, b = factors[k], addends[k]
            low = min(U32(a * h0 + b), U32(a * h1 + b))
            high = min(U32(a * h2 + b), U32(a * h3 + b))
            signature[k] = min(signature[k], min(low, high))


@inlined
def _band_key(signature: NDArray[np.uint32], first: int, rows: int) -> np.uint32:
    """Hash the values of one band; verification rejects the rare equal keys of different bands."""
    key = U32(0)
    for i in range(first, first + rows):
        key = U32(key * U32(0x9E3779B1) + signature[i])
    return key


@inlined
def _shorten(signature: NDArray[np.uint32], brief: NDArray[np.uint64]) -> None:
    """Pack the lowest four bits of every value, sixteen values to a number."""
    for i in range(brief.shape[0]):
        packed = U64(0)
        for k in range(16):
            packed |= U64(signature[16 * i + k] & U32(15)) << U64(4 * k)
        brief[i] = packed
