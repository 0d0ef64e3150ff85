"""The repairs of one line, each a pure function from a line to edits, and their composition.

Every repair is ftfy's; the places that it changed are added, so that each edit is as small as the
damage and carries the rule that asked for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from ftfy import TextFixerConfig
from ftfy.chardata import CONTROL_CHARS, LIGATURES, WIDTH_MAP
from ftfy.fixes import convert_surrogate_pair

from cleaner.engines.lazy import regex
from cleaner.model import Edit
from cleaner.steps.encoding.entities import entity_edits, is_mentioned, trimmed
from cleaner.steps.encoding.suspects import BLANKS, long_marks, many_marks, marks

Repair: TypeAlias = Callable[[str], list[Edit]]

CONFIG = TextFixerConfig(
    unescape_html="auto",
    remove_terminal_escapes=True,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=True,
    fix_latin_ligatures=True,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=True,
    normalization="NFC",
    explain=True,
)
"""What this step does, in ftfy's terms: each of these is done by a rule of its own."""

_WORD = regex(r"[0-9A-Za-z]+")
_WHITE = "".join(sorted(BLANKS))
_SURROGATE = regex("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_QUOTES = {
    **dict.fromkeys("\u02bc\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
}


def entities(line: str) -> list[Edit]:
    """Decode HTML entities, unless the line has a `<` and so may be HTML that needs them, or is about them."""
    return [] if "<" in line or is_mentioned(line) else entity_edits(line, "encoding/entities")


def ligatures(line: str) -> list[Edit]:
    """Write ligatures of Latin letters as the letters that they are made of."""
    return _translated(line, _class_of("ligatures"), LIGATURES, "encoding/ligatures")


def width(line: str) -> list[Edit]:
    """Write full-width Latin and half-width Katakana in their usual width."""
    return _translated(line, _class_of("width"), WIDTH_MAP, "encoding/width")


def quotes(line: str) -> list[Edit]:
    """Make curly quotation marks straight."""
    table = {ord(curly): straight for curly, straight in _QUOTES.items()}
    return _translated(line, _class_of("quotes"), table, "encoding/quotes")


def wide_places(text: str, rules: Sequence[str]) -> list[int]:
    """Return the positions that the repairs `width` and `quotes` would change; they are off by default."""
    return [match.start() for rule in rules for match in _class_of(rule.partition("/")[2]).finditer(text)]


def surrogates(line: str) -> list[Edit]:
    r"""Join pairs of surrogates, and replace lone ones by U+FFFD.

    >>> [edit.new for edit in surrogates("\ud83d\ude00 \ud83d")]
    ['😀', '�']
    """
    edits = []
    for match in _SURROGATE.finditer(line):
        new = convert_surrogate_pair(match) if len(match[0]) == 2 else "\ufffd"
        edits.append(Edit(*match.span(), match[0], new, "encoding/surrogates"))
    return edits


def controls(line: str) -> list[Edit]:
    r"""Remove terminal escapes, control characters other than white space, and byte order marks.

    >>> [edit.old for edit in controls("a\x1b[1mb\x00")]
    ['\x1b[1m', '\x00']
    """
    found = _class_of("controls").finditer(line)
    return [Edit(*match.span(), match[0], "", "encoding/controls") for match in found]


def nfc(line: str) -> list[Edit]:
    r"""Compose letters with their accents (NFC); of a run of combining marks the first 30 are kept.

    >>> [edit.new for edit in nfc("cafe\u0301s")]
    ['é']
    """
    if line.isascii():
        return []
    if not many_marks().search(line) and unicodedata.is_normalized("NFC", line):
        return []
    capped = long_marks().sub("", line)
    composed = unicodedata.normalize("NFC", capped)
    if composed == line:
        return []
    edits: list[Edit] = []
    parts: list[str] = []
    at = 0
    for match in _cluster().finditer(line):
        old = match[0]
        new = unicodedata.normalize("NFC", long_marks().sub("", old))
        parts += (line[at : match.start()], new)
        at = match.end()
        if new != old:
            edits.append(Edit(*match.span(), old, new, "encoding/nfc"))
    if "".join((*parts, line[at:])) != composed:
        return list(changes(line, composed, "encoding/nfc"))
    return edits


def trailing_space(line: str) -> list[Edit]:
    """Remove white space at the end of the line."""
    end = len(line.rstrip(_WHITE))
    return [Edit(end, len(line), line[end:], "", "encoding/trailing-space")] if end < len(line) else []


def compose(first: Sequence[Edit], second: Sequence[Edit], before: str, after: str) -> list[Edit]:
    """Merge two consecutive lists of edits into one: `before` to something to `after`.

    Where the second changes what the first inserted, the two become one edit under the rule of the
    first.

    >>> first, second = [Edit(1, 2, "b", "xy", "t/1")], [Edit(2, 4, "yc", "z", "t/2")]
    >>> [(edit.start, edit.end, edit.new) for edit in compose(first, second, "abcd", "axzd")]
    [(1, 3, 'xz')]
    """
    items: list[tuple[int, int, int, Edit]] = [(edit.start, edit.end, 1, edit) for edit in second]
    shift = 0
    for edit in first:
        items.append((edit.start + shift, edit.start + shift + len(edit.new), 0, edit))
        shift += len(edit.new) - len(edit.old)
    items.sort(key=lambda item: item[:3])
    result: list[Edit] = []
    shifts = [0, 0]  # from `before` to the middle, from the middle to `after`
    i = 0
    while i < len(items):
        start, end, _, _ = items[i]
        low, high = start - shifts[0], start + shifts[1]
        group: list[tuple[int, Edit]] = []
        while i < len(items) and (not group or items[i][0] < end):
            _, stop, which, edit = items[i]
            end = max(end, stop)
            shifts[which] += len(edit.new) - len(edit.old)
            group.append((which, edit))
            i += 1
        old, new = before[low : end - shifts[0]], after[high : end + shifts[1]]
        if old != new:
            edit = min(group, key=lambda member: member[0])[1]
            result.append(Edit(low, low + len(old), old, new, edit.rule, edit.note))
    return result


def changes(old: str, new: str, rule: str) -> Iterator[Edit]:
    """Yield the edits from one line to another, small ones where letters and digits in between are the same.

    The words of ASCII letters and digits are what a repair leaves alone; where they do not
    agree, it is one edit. Linear, unlike a general difference.

    >>> [(edit.old, edit.new) for edit in changes("sÃ³lo Ã©l", "sólo él", "encoding/mojibake")]
    [('Ã³', 'ó'), ('Ã©', 'é')]
    """
    words = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    if [match[0] for match in words[0]] != [match[0] for match in words[1]]:
        words = [], []
    bounds = [
        [0, *(at for match in side for at in match.span()), len(text)]
        for side, text in zip(words, (old, new), strict=True)
    ]
    for i in range(0, len(bounds[0]), 2):
        (start, end), (low, high) = bounds[0][i : i + 2], bounds[1][i : i + 2]
        if old[start:end] != new[low:high]:
            yield trimmed(old, start, end, new[low:high], rule)


def _translated(line: str, chars: re.Pattern[str], table: dict[int, str], rule: str) -> list[Edit]:
    return [Edit(*match.span(), match[0], table[ord(match[0])], rule) for match in chars.finditer(line)]


@cache
def _class_of(name: str) -> re.Pattern[str]:
    """Compile what a repair by single characters looks for."""
    tables: dict[str, str] = {
        "ligatures": "".join(map(chr, LIGATURES)),
        "width": "".join(map(chr, WIDTH_MAP)),
        "quotes": "".join(_QUOTES),
        "controls": "".join(map(chr, CONTROL_CHARS)),
    }
    escape = r"\x1b\[[\d;]*[a-zA-Z]|" if name == "controls" else ""
    return re.compile(f"{escape}[{re.escape(tables[name])}]")


@cache
def _cluster() -> re.Pattern[str]:
    """Match a character that NFC may change, with the characters after it that may compose with it."""
    joining = marks() + _composing()
    return re.compile(f"[^\\x00-\\x7f{joining}](?![{joining}])|.[{joining}]+", re.DOTALL)


def _composing() -> str:
    """Return the characters that are no marks and yet compose with the one before, by their decompositions."""
    seconds = {"\u11a8-\u11c2", "\u1161-\u1175"}
    for code in range(0xC0, 0x12000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            seconds.add(chr(int(parts[1], 16)))
    return "".join(sorted(char for char in seconds if char[1:] or not unicodedata.combining(char)))
