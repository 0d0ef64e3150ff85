"""Where the passages of a text are: its lines, blocks of lines, groups of sentences, or whole documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.character_table import SPACE, table
from cleaner.dedup.kernels.characters import EACH, HIGH, I64, U8, U32, U64, decode, eight_at, entry
from cleaner.dedup.kernels.compiler import bytes_at, kernel, trailing_zeros
from cleaner.dedup.parameters import sentences_of
from cleaner.dedup.sketching.blocks import (
    APART,
    BLOCK,
    NO_BLOCKS,
    OPENERS,
    SPEECH,
    Blocks,
    blocks_of,
    spared,
    unlike_prose,
)
from cleaner.dedup.sketching.places import Places
from cleaner.dedup.table import Bytes
from cleaner.engines.compiling import part

_SPACE = U64(SPACE)
_ENDS = np.frombuffer(
    ".!?\N{HORIZONTAL ELLIPSIS}\N{ARABIC QUESTION MARK}\N{DEVANAGARI DANDA}".encode("utf-32-le"), np.uint32
)
_WIDE_ENDS = np.frombuffer(
    "\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}".encode("utf-32-le"),
    np.uint32,
)
_CLOSERS = np.frombuffer("\"')]”’»」』".encode("utf-32-le"), np.uint32)

_OPENERS = np.frombuffer(OPENERS.encode("utf-32-le"), np.uint32)
_LINE, _DOCUMENT, _LINES = (sentences_of(unit) for unit in ("paragraph", "document", "block"))
_NO_FLAG, _BLOCK, _APART, _SPEECH = U8(0), U8(BLOCK), U8(APART), U8(SPEECH)


def passages(buffer: Bytes, bounds: NDArray[np.int64], unit: str) -> Places:
    """Return the passages of a shard.

    White space at both ends is left out. A sentence ends with a full stop or the like, closing
    quotes and brackets, and white space (not needed after the wide ones of East Asia). Protected
    blocks are one passage each where passages are lines.

    >>> text = np.frombuffer(b"One. Two! Three", np.uint8)
    >>> _, start, end, *_ = passages(text, np.array([0, text.size]), "sentences(2)")
    >>> [text[a:b].tobytes() for a, b in zip(start, end)]
    [b'One. Two!', b'Three']
    """
    if unit != "paragraph":
        return _found(buffer, bounds, unit, NO_BLOCKS)
    found = _found(buffer, bounds, unit, NO_BLOCKS)
    docs = unlike_prose(buffer, found.doc, found.start, found.end, found.flags)
    blocks = blocks_of(buffer, bounds, docs)
    if blocks.start.size:
        found = _found(buffer, bounds, unit, blocks)
    return found._replace(flags=spared(found.doc, found.flags))


def _found(buffer: Bytes, bounds: NDArray[np.int64], unit: str, blocks: Blocks) -> Places:
    """Find the passages, now that the blocks are known."""
    count = sentences_of(unit)
    address, size = buffer.ctypes.data, buffer.size
    room = _room(address, size, count > 0) + bounds.size
    spans = np.empty((3, room), np.int64)
    doc, chars = np.empty(room, np.int32), np.empty(room, np.int32)
    flags = np.zeros(room, np.uint8)
    found = _split(address, size, bounds, count, table(), *blocks, doc, spans, chars, flags)
    start, end, at = spans[:, :found].copy()
    return Places(doc[:found].copy(), start, end, at, chars[:found].copy(), flags[:found].copy())


@kernel
def _room(address: int, size: int, sentences: bool) -> int:
    """Count the newlines and ends of sentences of a text, or a few more."""
    text = bytes_at(address, size)
    count = 0
    for i in range(size):
        count += text[i] == U8(10)
        if sentences:  # the last bytes of all that can end one are among these
            count += text[i] in (U8(0x2E), U8(0x21), U8(0x3F)) or text[i] >= U8(0x80)
    return count


@kernel
def _split(
    address: int,
    size: int,
    bounds: NDArray[np.int64],
    unit: int,
    table: NDArray[np.uint64],
    block_start: NDArray[np.int64],
    block_end: NDArray[np.int64],
    block_flags: NDArray[np.uint8],
    docs: NDArray[np.int32],
    spans: NDArray[np.int64],
    chars: NDArray[np.int32],
    flags: NDArray[np.uint8],
) -> int:
    """Fill in document, byte span, code point start, length and flags of all lines not empty; return their number."""
    text = bytes_at(address, size)
    count, block = 0, 0
    for doc in range(bounds.shape[0] - 1):
        i, end, char = bounds[doc], bounds[doc + 1], 0
        flag = _NO_FLAG
        while i < end:
            stop = _line_end(text, i, end) if unit != _DOCUMENT else end
            while block < block_start.shape[0] and block_end[block] <= i:
                block += 1
            own = flag
            if block < block_start.shape[0] and block_start[block] <= i:
                own |= block_flags[block]
                if own & _BLOCK:
                    stop = block_end[block]
            while unit == _LINES and stop < end:
                following = _line_end(text, stop + 1, end)
                if _is_blank(text, stop + 1, following, table):
                    break
                stop = following
            first, last, left = i, stop, 0
            while first < last:
                found, after = entry(text, first, table)
                if not found & _SPACE:
                    break
                first = after
                left += 1
            while first < last:
                before = last - 1
                while text[before] & U8(0xC0) == U8(0x80):
                    before -= 1
                found, after = entry(text, before, table)
                if not found & _SPACE:
                    break
                last = before
            at = char + left
            flag = _APART if first == last else _NO_FLAG
            if unit == _LINE and first < last and _among(_char(text, first)[0], _OPENERS):
                own |= _SPEECH
            while first < last:
                after, following = last, last
                if unit > 0:
                    after, following = _sentences(text, first, last, unit, table)
                docs[count] = doc
                spans[0, count], spans[1, count], spans[2, count] = first, after, at
                chars[count] = _characters(text[first:after])
                flags[count] = own if unit == _LINE else _NO_FLAG
                at += _characters(text[first:following])
                first = following
                count += 1
            char += _characters(text[i:stop]) + 1
            i = stop + 1
    return count


@part
def _line_end(text: NDArray[np.uint8], i: int, end: int) -> int:
    """Find the next newline, eight bytes at a time; `end` if there is none."""
    while i < end:
        other = eight_at(text, i) ^ EACH * U64(10)
        newline = (other - EACH) & ~other & HIGH
        if newline:
            i += I64(trailing_zeros(newline) >> U64(3))
            return i if i < end else end
        i += 8
    return end


@part
def _characters(text: NDArray[np.uint8]) -> int:
    """Count the bytes that start a character."""
    count = 0
    for i in range(text.shape[0]):
        count += text[i] & U8(0xC0) != U8(0x80)
    return count


@part
def _is_blank(text: NDArray[np.uint8], i: int, end: int, table: NDArray[np.uint64]) -> bool:
    """Tell whether there is nothing but white space."""
    while i < end:
        found, i = entry(text, i, table)
        if not found & _SPACE:
            return False
    return True


@part
def _sentences(
    text: NDArray[np.uint8], first: int, last: int, unit: int, table: NDArray[np.uint64]
) -> tuple[int, int]:
    """Return where the first `unit` sentences of `text[first:last]` end, and where the next one starts."""
    i, left = first, unit
    while i < last:
        char, i = _char(text, i)
        wide = _among(char, _WIDE_ENDS)
        if not wide and not _among(char, _ENDS):
            continue
        while i < last:
            char, after = _char(text, i)
            if not _among(char, _ENDS) and not _among(char, _WIDE_ENDS) and not _among(char, _CLOSERS):
                break
            i = after
        end = i
        while i < last:
            found, after = entry(text, i, table)
            if not found & _SPACE:
                break
            i = after
        if i > end or wide or i == last:
            left -= 1
            if left == 0:
                return end, i
    return last, last


@part
def _char(text: NDArray[np.uint8], i: int) -> tuple[np.uint32, int]:
    """Read one code point; return it and where the next one starts."""
    if text[i] < U8(0x80):
        return U32(text[i]), i + 1
    return decode(text, i)


@part
def _among(char: np.uint32, known: NDArray[np.uint32]) -> bool:
    """Tell whether a code point is among the known ones."""
    i = 0
    while i < known.shape[0] and known[i] != char:
        i += 1
    return bool(i < known.shape[0])
