"""Text that was decoded with the wrong encoding: ftfy's heuristics, and what they leave alone.

A text about encodings quotes mojibake on purpose: what is isolated there, or beside its correct form,
is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from ftfy import fix_encoding_and_explain
from ftfy.badness import is_bad
from ftfy.fixes import fix_c1_controls

from cleaner.engines.lazy import regex
from cleaner.model import Edit
from cleaner.steps.encoding.codepages import Reread, may_be_reread, read_in, reread
from cleaner.steps.encoding.repairs import CONFIG, changes
from cleaner.steps.encoding.suspects import GLUED

RULE: Final = "encoding/mojibake"
_PIECE: Final = 8000
_LETTER_SPACE: Final = regex(r"[a-z] (?=[A-Za-z0-9])")
_OPENING: Final = regex("â(?:€œ|\x80\x9c)|“")
_CUT_CLOSING: Final = regex("â(?:€|\x80)(?=[\x00-\x3e\x40-\x7f]|\\Z)")  # a `?` may stand for the byte
_TALK: Final = regex(
    r"\b(?:utf-?(?:8|16)|latin-?[19]|iso[- ]?8859|(?:windows-|cp)?125\d|cp(?:437|850|866)|koi8|ascii|unicode"
    r"|mojibake|charsets?|code ?pages?|encodings?)\b",
)
_TALK_PARTS: Final = (
    "utf", "latin", "8859", "125", "cp4", "cp8", "koi8", "ascii", "unicode", "mojibake", "charset", "code page",
    "codepage",
    "encoding",
)  # fmt: skip
_QUOTED: Final = regex("[\"'“”„‚‘’«»‹›`(\\[{<「『/|=:]")
_CLOSERS: Final = {"”": "“", "»": "«", "’": "‘", "“": "„", "‘": "‚", "›": "‹"}
_SPACED: Final = regex("(?<= )Ã  (?=[a-z])")
"""An `à` whose last byte became a space before the space that follows it."""
_SIGNED: Final = regex(
    r"[\xc4\xc5](?:[^\w\s“”‘’«»–—]|[ŒœŠšŽžŸ])(?=[a-z])|(?<=[a-z])[\xc4\xc5][“”‘’«»–—](?=[a-z])"
)
"""A capital letter and a sign inside a word: a letter of Central Europe, where the line has others that are right."""
_OTHER_PAGE: Final = regex(r"encode (?!latin-1|sloppy-windows-1252)")
_OTHER_SCRIPTS: Final = "\u0370"
_MIXED: Final = regex("[\xa1-\xff][\u0370-\u1fff\u2c00-\ud7ff]|[\u0370-\u1fff\u2c00-\ud7ff][\xa1-\xff]")
_LEFT: Final = regex("[\xc2-\xf4][^\x00-\x7f\xe0-\xff]")
_RIGHT: Final = regex("(?<![\xc2\xc3])[\xc0\xc1\xc4-\xd6\xd8-\xf6\xf8-\u017f]")
_IN_ORDER: Final = 5
_FIRST_BEYOND: Final = 0x80
_BEYOND: Final = regex(r"[^\x00-\x7f]")
"""Characters outside ASCII."""
_NEAR: Final = 80
_PADDING: Final = 20
"""Spaces between what is in a cell of a table and its edge, with the edge."""


def mojibake(line: str, pages: Sequence[str] = ()) -> list[Edit]:
    r"""Repair text that was decoded with the wrong encoding, among `pages` where those of its document are known.

    A line over 8,000 characters is processed in pieces, which bounds the cost.

    >>> mojibake("the cafÃ© is")[0].new, mojibake("Ïðèâåò, ìèð!")[0].new
    ('é', 'Привет, мир')
    >>> mojibake("In UTF-8 read as Latin-1, 'é' becomes 'Ã©'.")
    []
    """
    edits: list[Edit] = []
    at = 0
    for piece in _pieces(line):
        again = next(filter(None, (read_in(piece, page) for page in pages)), None) or _repaired(piece)
        if again and again.text != piece and not _is_alphabet(piece):
            found = list(changes(piece, again.text, RULE))
            talk, lone = _is_talk(piece), len(found) == 1 and _RIGHT.search(piece) is not None
            meant = [
                (lone and _is_letter(piece, edit)) or _closes(piece, edit) or _is_meant(piece, edit, talk)
                for edit in found
            ]
            edits += (
                _moved(edit, at, again.note)
                for edit, is_meant in zip(found, meant, strict=True)
                if not is_meant
            )
        at += len(piece)
    return edits


def _repaired(piece: str) -> Reread | None:
    """Return a piece repaired; of the two methods, ftfy's is the cheaper one."""
    again = reread(piece) if may_be_reread(piece) else None
    if again or not (is_bad(piece) or GLUED.search(piece)):
        return again
    whole = _SPACED.sub("Ã\xa0 ", _with_whole_quotes(piece))
    plan = fix_encoding_and_explain(whole, CONFIG)
    note = ", ".join(f"{step.action} {step.parameter}" for step in plan.explanation or ())
    fixed = fix_c1_controls(plan.text)
    if fixed == piece or _OTHER_PAGE.search(note) or (_LEFT.search(fixed) and is_bad(fixed)):
        again = reread(piece)
    if again is None and _is_patchwork(piece, fixed):
        return None
    if again is None and fixed == piece:
        return Reread(_SIGNED.sub(_letter, piece), "encode sloppy-windows-1252, decode utf-8")
    return again or Reread(fixed, note)


def _letter(signed: re.Match[str]) -> str:
    """Return the letter that two characters stand for, themselves if they stand for none; after a sign, a small one.

    >>> _SIGNED.sub(_letter, "w Å›rodku, Å»le, ÄŒesko")
    'w środku, Å»le, Česko'
    """
    char = signed[0].encode("sloppy-windows-1252", "replace").decode("utf-8", "replace")
    return char if char.isalpha() and (char.islower() or signed[0].isalpha()) else signed[0]


def _is_patchwork(piece: str, fixed: str) -> bool:
    """Tell whether a few letters of another script were made amid letters of Latin-1 that stay as they are.

    What two bytes make by chance in text of another code page is no repair, and hides what would be one.

    >>> _is_patchwork("åá ¢¥á­ë å®¤¨â", "åá ¢¥á­ë 室¨â"), _is_patchwork("Ð¼Ð¾ÑÑ", "моÑÑ")
    (True, False)
    """
    if not _MIXED.search(fixed) or _MIXED.search(piece):
        return False
    made = sum(char >= _OTHER_SCRIPTS for char in fixed) - sum(char >= _OTHER_SCRIPTS for char in piece)
    return sum("\xa1" <= char <= "\xff" for char in fixed) > made


def _with_whole_quotes(piece: str) -> str:
    r"""Complete closing quotation marks that lost their last byte, which Windows-1252 does not have.

    >>> _with_whole_quotes("â€œNoâ€ she said")
    'â€œNoâ€\x9d she said'
    """
    return _CUT_CLOSING.sub("â€\x9d", piece) if _OPENING.search(piece) else piece


def _is_meant(piece: str, edit: Edit, talk: bool) -> bool:
    """Tell whether mojibake is quoted: beside what it should have been, or in a text about encodings."""
    before, after = piece[edit.start - 1 : edit.start], piece[edit.end : edit.end + 1]
    alone = not (before.isalpha() or after.isalpha())
    if talk:
        return alone or _word_around(piece, edit) in _near(piece, edit)
    quoted = before and after and _QUOTED.match(before) and _QUOTED.match(after)
    is_quoted = alone and edit.new.strip() and (quoted or _is_cell(piece, edit))
    return bool(is_quoted) and edit.new in _near(piece, edit)


def _is_cell(piece: str, edit: Edit) -> bool:
    """Tell whether what an edit replaces is all of a cell of a table in Markdown."""
    before, after = piece[max(0, edit.start - _PADDING) : edit.start], piece[edit.end : edit.end + _PADDING]
    return before.rstrip(" ").endswith("|") and after.lstrip(" ").startswith("|")


def _is_letter(piece: str, edit: Edit) -> bool:
    """Tell whether the letter `Ã` is isolated, which ftfy takes for `à` before a space."""
    if _SPACED.match(piece, edit.start):
        return False
    before = piece[edit.start - 1 : edit.start] if edit.start else ""
    return edit.old[0] in "ÃÂ" and edit.new in ("à", "à ", "") and not before.isalpha()


def _closes(piece: str, edit: Edit) -> bool:
    """Tell whether an edit takes for mojibake a capital letter and the quotation mark that closes what was opened.

    In mojibake the opening mark would be mojibake as well, as in `Â« Ã  Â»`.

    >>> _closes("“AMANHÃ” e", Edit(6, 8, "Ã”", "Ô", RULE)), _closes("AMANHÃ” e", Edit(5, 7, "Ã”", "Ô", RULE))
    (True, False)
    """
    pair = edit.old if len(edit.old) > 1 else edit.old + piece[edit.end : edit.end + 1]
    opening = _CLOSERS.get(pair[1:]) if pair[0] in "ÃÂ" else None
    before = piece[: edit.start]
    opened = len(re.findall(rf"(?<![^\s(\[]){opening}", before)) if opening else 0
    return opened > before.count(pair[1:])


def _is_alphabet(piece: str) -> bool:
    r"""Tell whether letters outside ASCII are in the order of a table of characters, whatever is between them.

    >>> _is_alphabet("\xb0 | \xb1 | \xb2 | \xb3 | \xb4 | \xb5"), _is_alphabet("Ïðèâåò, ìèð!")
    (True, False)
    """
    if len(_BEYOND.findall(piece)) <= _IN_ORDER:
        return False
    codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.dtype("<u4")).astype(np.int64)
    codes = codes[codes >= _FIRST_BEYOND]
    next_ones = codes[1:] == codes[:-1] + 1
    runs = (
        np.convolve(next_ones, np.ones(_IN_ORDER, np.int64), "valid")
        if next_ones.size >= _IN_ORDER
        else next_ones
    )
    return bool((runs == _IN_ORDER).any())


def _near(piece: str, edit: Edit) -> str:
    return piece[max(0, edit.start - _NEAR) : edit.start] + "\n" + piece[edit.end : edit.end + _NEAR]


def _is_talk(piece: str) -> bool:
    """Tell whether a text is about encodings: their names are the same in all languages."""
    small = piece.lower()
    return any(part in small for part in _TALK_PARTS) and _TALK.search(small) is not None


def _word_around(piece: str, edit: Edit) -> str:
    """Return the word that an edit makes."""
    start, end = edit.start, edit.end
    while start and piece[start - 1].isalnum():
        start -= 1
    while end < len(piece) and piece[end].isalnum():
        end += 1
    return piece[start : edit.start] + edit.new + piece[edit.end : end]


def _moved(edit: Edit, by: int, note: str) -> Edit:
    return Edit(edit.start + by, edit.end + by, edit.old, edit.new, edit.rule, note)


def _pieces(line: str) -> Iterator[str]:
    """Cut a long line after a space that follows a plain letter, or at the limit."""
    at = 0
    while len(line) - at > _PIECE:
        spaces = [match.end() for match in _LETTER_SPACE.finditer(line, at + _PIECE // 2, at + _PIECE)]
        cut = spaces[-1] if spaces else at + _PIECE
        yield line[at:cut]
        at = cut
    yield line[at:]
