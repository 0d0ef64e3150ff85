"""Mojibake that ftfy leaves alone: UTF-8 read in a rarer code page, and one code page read as another.

Both are reversed only where the result is certain: bytes that make valid UTF-8 throughout, or words
that are far more probable than the text, by the models that also detect the encoding of a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Final, NamedTuple

from cleaner.charsets.east_asian import east_scores
from cleaner.charsets.mixed import text_score
from cleaner.charsets.models import byte_table
from cleaner.charsets.scores import Pairs, Score, single_byte_scores
from cleaner.engines.lazy import regex

READ_AS: Final = (
    "cp1252", "cp437", "cp850", "cp852", "cp866", "koi8_r", "koi8_u", "iso8859_5", "mac_cyrillic",
    "mac_roman", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "iso8859_2",
    "iso8859_7", "iso8859_15", "cp1258",
)  # fmt: skip
"""Code pages that UTF-8 is read in; some are ftfy's as well, and here to see which of all fits best.

Of two that fit as well as each other the first is taken.
"""
WRITTEN_IN: Final = (
    "cp1251", "koi8_r", "cp1253", "iso8859_7", "cp1255", "cp1256", "cp874", "cp1250", "cp1254", "cp1257",
    "cp866", "iso8859_5", "cp850", "mac_roman",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
)  # fmt: skip
"""Encodings whose text is read as Windows-1252."""
GAIN: Final = 8.0
"""How much more probable the text must be that UTF-8 makes, in nats."""
LIKE_LATIN: Final = ("iso8859_2", "iso8859_15", "cp1258")
"""Code pages that differ from Latin-1 in letters beyond it alone: a line without these needs no look at them."""
USUAL_PAGES: Final = ("cp1252", "cp1251", "cp850", "cp437", "mac_roman")
USUAL: Final = 5.0
"""What it counts, in nats, that a code page is one that UTF-8 is usually read in."""
INNER: Final = 6.0
"""What a capital outside ASCII in the middle of a word costs, in nats: pairs of letters alone do not tell."""
GAIN_OF_PAGE: Final = 12.0
"""How much more probable it must be in another encoding than in Windows-1252, in nats."""
PAIRS: Final = 6
"""Fewest pairs of letters outside ASCII for this repair."""
LEAD: Final = 5.0
"""How much more probable than in any third encoding that reads otherwise, in nats."""
NATURAL: Final = -5.0
"""The least that such a pair may be worth in the other encoding, in nats."""
CHARACTERS: Final = 2
"""Characters that UTF-8 must make; one is enough where it begins with a line of a box inside a word."""
WRONG: Final = 6
"""Runs that make UTF-8 for one that does not."""

_HEAD: Final = 64
_WINDOW: Final = 1024
_CONTROLS: Final = regex(r"[\x80-\x9f]")
_RUN: Final = regex(r"[^\x00-\x7f]+")
_HIGH: Final = regex(rb"[\x80-\xff]+")
_BOXED: Final = regex(r"[A-Za-z][\u2500-\u257f][^\x00-\x7f\u2500-\u257f]|ÔÇ[ÖªôØ]")
_FORMULA: Final = regex("[√≈][π∑∏∞∫Ω]")
"""What UTF-8 makes of some letters in a code page of the Macintosh, and mathematics writes: no sign of either."""
_INNER_CAPITAL: Final = regex("(?<=[a-zà-öø-ÿ])[À-ÖØ-Þ]")
_FIRST, _NEXT = range(0xC2, 0xF5), range(0x80, 0xC0)
_LATIN_GLUED: Final = regex(r"[A-Za-z][\u0370-\u2fff\u3040-\ud7ff]|[\u0370-\u1dff][A-Za-z]")
_SINGLE, _EAST = WRITTEN_IN[:14], WRITTEN_IN[14:]


_CYRILLIC: Final = "Ѐ-џ"
_BOX: Final = "\u2500-\u25a0"
_SIGNS: Final = "¢£¤¥¦§¨©ª¬®¯°±²³´µ¶·¸¹º¼½¾€ƒ„†‡ˆ‰‹›˜™"
_LATIN: Final = "¢-ª¬-¶¸-º¼-¾À-ÿ"
_EAST_OF_LATIN: Final = "ĄąĆćČčĎďĘęĚěĹĺĽľŁłŃńŇňŐőŔŕŘřŚśŞşŠšŢţŤťŮůŰűŹźŻżŽž"
OTHER_PAGES: Final = (
    (f"{_CYRILLIC}ΒΓΔΕΞΟ", f"{_BOX}∙√≈≤≥⌠⌡¤¦§©¬®°±µ¶"),
    ("A-Za-z\u2500-\u257f–—√≈ƒ¬", f"{_CYRILLIC}ΒΓΔΕ"),
    ("\u2500-\u257f–—Ô√≈ƒ¬ĂĹ", f"\u00a1-\u00ffƒ{_EAST_OF_LATIN}⌐α†•™≠∞≤≥∂∑∏π∫Ω˘˛˝ˇ"),
    (f"\u05b0-\u05ea\u05f0-\u05f4ء-يก-โ{_LATIN}", f"{_SIGNS}{_LATIN}"),
)
"""Pairs of characters that UTF-8 makes in the code pages of other scripts, or another script in Windows-1252."""
_PAGE_SIGNS: Final = r"[ÂÃĂ][ŒŠšŽžźĽľßĄąĘęŚśŞşŤťŻżĂăĐđ˛˝ˇÔÍíĹĺŐ€]|Ă[\xa1-\xbf]"
"""What UTF-8 makes of usual letters in ISO 8859-2 and 8859-15 and Windows-1258, and of rare ones in Windows-1252."""
TOGETHER: Final = (
    "õû", "øì", "þã", "þü", "þý", "ðý", "ðë", "ðâ", "þà", "ãî", "ãº", "õáö", "ûáö", "ìíá", "øíá", "èáí", "ïáí",
    "èš", "èž", "æš", "æž", "èæ", "³ê", "³¹", "³æ", "³ó", "³ñ", "¿³", "¿ê", "êñ", "øí",
)  # fmt: skip
"""Letters that one text in Western Europe hardly has all, and Windows-1250, 1254 and 1257 make of usual ones."""
_GATE: Final = regex(
    "|".join(
        (r"[\x80-\x9f]", r"[\xa1-\xff]{3}", _PAGE_SIGNS, *(f"[{first}][{second}]" for first, second in OTHER_PAGES[:3]),
         f"[\u05b0-\u05ea\u05f0-\u05f4ء-يก-โ][{_SIGNS}]")
    )
)  # fmt: skip


class Reread(NamedTuple):
    """A line as it was meant, and how it came to be what it is."""

    text: str
    note: str


def may_be_reread(line: str) -> bool:
    """Tell whether it is worth while to try; cheap.

    >>> may_be_reread("Ïðèâåò"), may_be_reread("la créée")
    (True, False)
    """
    if line.isascii():
        return False
    return _GATE.search(line) is not None or bool(rare_together(set(line)))


def rare_together(present: frozenset[str] | set[str]) -> list[str]:
    """Return the letters of `TOGETHER` that a text has, all of a group, by the set of its characters.

    >>> rare_together(set("pânã în primãvarã")), rare_together(set("São João, canções, três, até já"))
    (['ãî'], [])
    """
    return [letters for letters in TOGETHER if present.issuperset(letters)]


def reread(line: str) -> Reread | None:
    """Return what a line was before it was read in the wrong code page; None where that is not certain.

    >>> reread("D├®j├á vu")
    Reread(text='Déjà vu', note='encode cp850, decode utf-8')
    >>> reread("Ïðèâåò, ìèð!").text, reread("Þórður býr á Ísafirði")
    ('Привет, мир!', None)
    """
    return _utf8(line) or _page(line)


# ---------------------------------------------------------------- UTF-8 in a code page


def _utf8(line: str) -> Reread | None:
    """Read a line again as UTF-8, in the code page that makes most of it."""
    found: dict[str, str] = {}
    for name in pages_for(line):
        fixed = _decoded(line, name)
        if fixed is not None:
            found.setdefault(fixed, name)
    if not found:
        return None
    scores = {fixed: _worth(fixed, name) for fixed, name in found.items()}
    fixed = max(scores, key=scores.__getitem__)
    return _note(fixed, found[fixed]) if scores[fixed] - text_score(line) >= GAIN else None


def pages_for(line: str) -> Iterator[str]:
    """Yield the code pages in which UTF-8 may look like a line."""
    present = frozenset(line)
    for name in READ_AS:
        if name in LIKE_LATIN and _beyond_latin(name).isdisjoint(present):
            continue  # it reads as Latin-1 does
        if _pattern(name).search(line):
            yield name


def read_in(line: str, name: str) -> Reread | None:
    """Read a line again that was read in a code page; None where not all of it is UTF-8 then.

    >>> read_in("dГ©cidГ©", "cp1251"), read_in("décidГ©", "cp1251")
    (Reread(text='décidé', note='encode cp1251, decode utf-8'), None)
    """
    parts: list[str] = []
    at = 0
    for run in _RUN.finditer(line):
        fixed, left = _run(run[0], name, cut=False)
        if left:
            return None
        parts += (line[at : run.start()], fixed)
        at = run.end()
    return _note("".join((*parts, line[at:])), name) if at else None


def telling(line: str, fixed: str) -> int:
    """Count the characters that UTF-8 makes of a line and nothing else would.

    >>> telling("s = √∑d, n = √π", "s = ÷d, n = ù"), telling("Gr√∂√üe", "Größe")
    (0, 2)
    """
    return sum(char >= "\x80" for char in fixed) - len(_FORMULA.findall(line))


def gain(lines: Sequence[str], fixed: Sequence[str], name: str) -> float:
    """Return how much more probable lines are once they are read again in a code page, in nats."""
    return _worth("\n".join(fixed), name) - text_score("\n".join(lines))


def _worth(fixed: str, name: str) -> float:
    """Return how probable a text is that was read in a code page, and that page."""
    usual = USUAL * (name in USUAL_PAGES)
    return text_score(_meant(fixed)) + usual - INNER * len(_INNER_CAPITAL.findall(fixed))


def _note(fixed: str, name: str) -> Reread:
    """Return a text with how it came to be."""
    return Reread(fixed, f"encode {name}, decode utf-8")


def _meant(text: str) -> str:
    r"""Return what a text was that is itself UTF-8 read as Latin-1: control characters say nothing of a page.

    >>> _meant("\xe2\x80\x9cso\xe2\x80\x9d"), _meant("caf\xe9")
    ('“so”', 'café')
    """
    if _CONTROLS.search(text):
        with suppress(UnicodeError):
            return text.encode("latin-1").decode("utf-8")
    return text


def _decoded(line: str, name: str) -> str | None:
    """Read the runs outside ASCII again as UTF-8; None where too many of them are none."""
    parts: list[str] = []
    made = wrong = at = 0
    for run in _RUN.finditer(line):
        last = not line[run.end() :].strip()
        fixed, left = _run(run[0], name, cut=last)
        parts += (line[at : run.start()], fixed)
        made += len(fixed) - left - len(_FORMULA.findall(run[0]))
        wrong += left == len(run[0])
        at = run.end()
    enough = made >= CHARACTERS or (made == 1 and _BOXED.search(line))
    return "".join((*parts, line[at:])) if enough and wrong * WRONG <= made else None


def _run(run: str, name: str, *, cut: bool) -> tuple[str, int]:
    """Read a run as UTF-8; return it with the number of its characters left unchanged (all, where it is not UTF-8).

    `cut` tells that its last character may be incomplete.
    """
    data = _encoded(run, name) if len(run) <= _HEAD or _begins(run[:_HEAD], name) else None
    if data is None:
        return run, len(run)
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError as error:
        if not (cut and error.start and error.reason == "unexpected end of data"):
            return run, len(run)
        return data[: error.start].decode("utf-8") + run[error.start :], len(run) - error.start


def _begins(head: str, name: str) -> bool:
    """Tell whether the beginning of a long run can be UTF-8, so that most of them cost little."""
    data = _encoded(head, name)
    if data is None:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _encoded(text: str, name: str) -> bytes | None:
    """Encode in a code page, control characters as the bytes that it has no character for; None if it cannot be."""
    try:
        return text.translate(_bytes_of(name)).encode("latin-1")
    except UnicodeEncodeError:
        return None


@cache
def _bytes_of(name: str) -> dict[int, int]:
    """Return the byte of each character outside ASCII; characters of Latin-1 alone become one that it cannot encode."""
    chars = byte_table(name)
    table = {ord(char): code for code, char in enumerate(chars) if char and code > 0x7F}
    free = {code: code for code in range(0x80, 0x100) if not chars[code]}
    return dict.fromkeys(range(128, 256), 65535) | free | table


@cache
def _beyond_latin(name: str) -> frozenset[str]:
    """Return the characters of a code page that Latin-1 has not."""
    return frozenset(char for char in byte_table(name) if char > "\xff")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Match the first two characters of what UTF-8 looks like in a code page."""
    chars = {code: chr(char) for char, code in _bytes_of(name).items()}
    first, following = ("".join(chars[code] for code in part if code in chars) for part in (_FIRST, _NEXT))
    return re.compile(f"[{re.escape(first)}][{re.escape(following)}]")


# ---------------------------------------------------------------- one code page read as another


def _page(line: str) -> Reread | None:
    """Read again as what it was a line that was read as Windows-1252."""
    data = _encoded(line, "cp1252")
    if data is None or _beyond(data) < PAIRS:
        return None
    if len(data) > 2 * _WINDOW and not _is_certain(*_scored(_window(data)), cut=True):
        return None
    fixed = _is_certain(*_scored(data), cut=False)
    return Reread(*fixed) if fixed else None


def _beyond(data: bytes) -> int:
    r"""Count the pairs of bytes of which one is outside ASCII; both ends of a line count as a byte.

    >>> _beyond(b"a\xe9b \xe9\xe8")
    5
    """
    return sum(len(run) + 1 for run in _HIGH.findall(data))


def _window(data: bytes) -> bytes:
    """Return a part of a long line from where it is outside ASCII, cut between words where it can be."""
    at = next(i for i, code in enumerate(data) if code > 0x7F)
    return data[at : at + _WINDOW].rpartition(b" ")[0] or data[at : at + _WINDOW]


def _scored(data: bytes) -> tuple[bytes, float, Sequence[Score]]:
    """Score bytes in Windows-1252, and in all other encodings, the best first."""
    (here,) = single_byte_scores(data, ["cp1252"])[:1]
    scores = (*single_byte_scores(data, _SINGLE), *east_scores(data, _EAST))
    return data, here.total, sorted(scores, key=lambda score: score.rank)


def _is_certain(data: bytes, here: float, scores: Sequence[Score], *, cut: bool) -> tuple[str, str] | None:
    """Return the text in the best encoding, and how, where that is certain and no other comes near."""
    pairs = Pairs.of(data)
    high = float(pairs.count[pairs.high].sum())
    best = scores[0]
    if high < PAIRS or best.total - here < GAIN_OF_PAGE or best.high < NATURAL * high:
        return None
    near = {score.encoding for score in scores if best.total - score.total < LEAD}
    text = data.decode(best.encoding, "replace")
    text = text.rstrip("\N{REPLACEMENT CHARACTER}") if cut else text
    if "\N{REPLACEMENT CHARACTER}" in text or any(
        not data.decode(name, "replace").startswith(text) for name in near
    ):
        return None
    beyond = [char for char in text if not char.isascii()]
    letters = sum(char.isalpha() or unicodedata.category(char)[0] == "M" for char in beyond)
    if letters * 10 < 8 * len(beyond) or _LATIN_GLUED.search(text):
        return None
    return text, f"encode cp1252, decode {best.encoding}"
