r"""Classes of characters, spelled so that RE2 reads them as Unicode does.

RE2's own `\w`, `\d`, `\s` and `\b` know ASCII only. Here `\w` is that of UTS #18, annex C
(alphabetic, mark, decimal digit, connector punctuation, join control), `\d` the decimal digits of all
scripts, `\s` the characters for which `str.isspace` holds, among them the no-break spaces.
"""

from __future__ import annotations

import itertools
import re
import sys
from array import array
from functools import cache, lru_cache
from importlib import metadata

import re2

from cleaner.engines.lazy import regex
from cleaner.rules import kept
from cleaner.rules.regex.nodes import Chars, Named
from cleaner.rules.regex.syntax import PatternError

Ranges = tuple[tuple[int, int], ...]

WORD = (
    r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}"
    r"\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}"  # circled letters
    r"\x{200C}\x{200D}"  # join control
)
SPACE = (
    r"\x{9}-\x{D}\x{1C}-\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"
)
SPACE_IN_LINE = SPACE.replace(r"\x{9}-\x{D}", r"\x{9}\x{B}-\x{D}")
LETTERS_BEYOND = (
    ("\u00c0", "\u00d6"),
    ("\u00d8", "\u00f6"),
    ("\u0391", "\u03a1"),
    ("\u03a3", "\u03f5"),
    ("\u0400", "\u0481"),
    ("\u048a", "\u052f"),
    ("\u0531", "\u0556"),
    ("\u0561", "\u0587"),
    ("\u05d0", "\u05ea"),
    ("\u0620", "\u064a"),
    ("\u0904", "\u0939"),
)
"""Ranges of nothing but letters, so small that an automaton can ask whether a neighbour is one."""

# As in the package `regex`: the dotted and the dotless i have one capital and one small letter each.
_I = {"i": "I\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "I": "i\N{LATIN SMALL LETTER DOTLESS I}"}
_I |= {"\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}": "i", "\N{LATIN SMALL LETTER DOTLESS I}": "I"}
_PLANES = (0, 1, 2, 3, 14)
_SURROGATES = range(0xD800, 0xE000)
_COMMON = (
    r"\x00-\u024f\u0370-\u052f\u2000-\u206f\u20a0-\u20bf\u2100-\u214f\u2190-\u2bff\ufdd0\ufdd1\ufe0f\ufffd"
    r"\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff"
)
COMMON = regex(f"[{_COMMON}]*")


def quoted(char: str) -> str:
    r"""Spell one character so that no engine takes it for syntax.

    >>> quoted("a"), quoted("."), quoted("é")
    ('a', '\\x{2E}', 'é')
    """
    return char if char.isalnum() else rf"\x{{{ord(char):X}}}"


def count(low: int, high: int | None) -> str:
    """Spell a quantifier.

    >>> count(0, None), count(1, None), count(0, 1), count(2, None), count(2, 3)
    ('*', '+', '?', '{2,}', '{2,3}')
    """
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    return short.get((low, high)) or f"{{{low},{'' if high is None else high}}}"


def folded(char: str) -> str:
    """Return the characters that equal `char` in any case only here, not in RE2's own folding.

    >>> folded("I"), folded("a")
    ('iı', '')
    """
    return _I.get(char, "")


def is_common(text: str) -> bool:
    r"""Tell whether a text is in Latin, Greek or Cyrillic letters, usual punctuation and symbols.

    For such a text a class needs few ranges, and a regex compiles in a tenth of the time.

    >>> is_common("Noël – Різдво"), is_common("日本")
    (True, False)
    """
    return COMMON.fullmatch(text) is not None


def named(name: str) -> str:
    """Spell a named class for use inside brackets."""
    own = {"w": WORD, "d": r"\p{Nd}", "s": SPACE}
    return own.get(name) or (name if name.startswith("[") else "\\" + name)


def spelled(node: Chars, *, without: str = "") -> str:
    r"""Spell a class for RE2, exactly; `without` are characters that it must not take.

    >>> spelled(Chars((("a", "c"), Named("d")), negated=True, fold=False))
    '(?-i:[^\\x{61}-\\x{63}\\p{Nd}])'
    """
    positive = [item for item in node.items if not (isinstance(item, Named) and item.negated)]
    inverse = [item for item in node.items if isinstance(item, Named) and item.negated]
    if node.negated and inverse:  # what all the inverse classes lack, less the others
        found = ranges(f"[{named(inverse[0].name)}]")
        for item in inverse[1:]:
            found = common(found, ranges(f"[{named(item.name)}]"))
        rest = _inside(positive, node.fold)
        found = less(found, ranges(_flagged(f"[{rest}]", node.fold))) if rest else found
        return "[" + "".join(map(_range, found)) + "]" if found else r"[^\x{0}-\x{10FFFF}]"
    outside = "".join(map(quoted, without))
    if node.negated:
        return _flagged(f"[^{_inside(positive, node.fold)}{outside}]", node.fold)
    choices = [f"[^{named(item.name)}{outside}]" for item in inverse]
    if positive:
        choices.append(_flagged(f"[{_inside(positive, node.fold, without)}]", node.fold))
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


def _inside(items: list[tuple[str, str] | Named], fold: bool, without: str = "") -> str:
    parts = []
    for item in items:
        if isinstance(item, Named):
            parts.append(named(item.name))
            continue
        gaps = tuple((ord(char), ord(char)) for char in without)
        parts += map(_range, less(((ord(item[0]), ord(item[1])),), gaps))
        if fold:
            parts += [quoted(more) for char in _I if item[0] <= char <= item[1] for more in _I[char]]
    return "".join(parts) or (r"\x{10FFFF}" if items else "")


def _flagged(text: str, fold: bool) -> str:
    return f"(?{'' if fold else '-'}i:{text})"


def _range(found: tuple[int, int]) -> str:
    first, last = found
    return rf"\x{{{first:X}}}" if first == last else rf"\x{{{first:X}}}-\x{{{last:X}}}"


def compiled(pattern: str, *, max_mem: int = 64 << 20) -> re2._Regexp:
    """Compile for RE2; a fault becomes a PatternError."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = max_mem
    try:
        return re2._Regexp(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(text) from None


@lru_cache(maxsize=4096)
def in_common(pattern: str) -> str:
    r"""Spell what a class takes of common characters.

    >>> in_common("[^\\\\x00-\\\\x{24F}\\\\p{L}]").count("-") < 20
    True
    """
    found = ranges(pattern, common=True)
    return "[" + "".join(map(_range, found)) + "]" if found else r"[^\x{0}-\x{10FFFF}]"


@lru_cache(maxsize=2)
def _characters(*, common: bool) -> bytes:
    codes = array("I")
    for plane in (0, 1) if common else _PLANES:
        codes.extend(range(plane << 16, (plane + 1) << 16))
    del codes[_SURROGATES.start : _SURROGATES.stop]
    text = codes.tobytes().decode(f"utf-32-{sys.byteorder[0]}e")
    return ("".join(re.findall(f"[{_COMMON}]+", text)) if common else text).encode()


@lru_cache(maxsize=4096)
def ranges(pattern: str, *, common: bool = False) -> Ranges:
    """Ask RE2 which characters a class takes, so that its tables and ours cannot differ.

    To ask about all characters takes a while, so what is found is kept on disk.

    >>> ranges("[a-c]")
    ((97, 99),)
    """
    if common:
        return _found(pattern, common=True)
    content = "\n".join(("ranges", engine(), pattern)).encode("utf-8", "surrogatepass")
    path = kept.folder_of("classes") / kept.name_of(content)
    try:
        return tuple((int(first), int(last)) for first, last in kept.read(path))
    except (TypeError, ValueError):
        found = _found(pattern, common=False)
        kept.write(path, found)
        return found


@cache
def engine() -> str:
    """Return the version of RE2, whose tables of Unicode decide."""
    return metadata.version("google-re2")


def _found(pattern: str, *, common: bool) -> Ranges:
    data = _characters(common=common)
    regex = compiled(f"{pattern}+")._regexp
    found: list[tuple[int, int]] = []
    at = 0
    while True:
        start, end = regex.Match(re2._Anchor.UNANCHORED, data, at, len(data))[0]
        if start < 0:
            return tuple(found)
        codes = [ord(char) for char in data[start:end].decode()]
        cuts = [0, *(i for i in range(1, len(codes)) if codes[i] != codes[i - 1] + 1), len(codes)]
        found += [(codes[a], codes[b - 1]) for a, b in itertools.pairwise(cuts)]
        at = end


def less(ours: Ranges, theirs: Ranges) -> Ranges:
    """Take the ranges `theirs` out of `ours`.

    >>> less(((1, 9),), ((3, 4), (9, 12)))
    ((1, 2), (5, 8))
    """
    for low, high in theirs:
        kept = []
        for first, last in ours:
            if last < low or first > high:
                kept.append((first, last))
                continue
            if first < low:
                kept.append((first, low - 1))
            if last > high:
                kept.append((high + 1, last))
        ours = tuple(kept)
    return ours


def common(ours: Ranges, theirs: Ranges) -> Ranges:
    """Return what two lists of ranges share.

    >>> common(((1, 9),), ((3, 4), (9, 12)))
    ((3, 4), (9, 9))
    """
    return less(ours, less(((0, 0x10FFFF),), theirs))


@lru_cache(maxsize=4096)
def ascii_part(pattern: str, *, without: str = "") -> str:
    """Return the ASCII characters that a class takes, but not those in `without`, spelled for brackets.

    >>> ascii_part("[^A-Z]") == ascii_part("[^B-ZA]")
    True
    """
    regex = compiled(pattern)._regexp
    codes = [
        code
        for code in range(128)
        if chr(code) not in without and regex.Match(re2._Anchor.ANCHOR_BOTH, bytes([code]), 0, 1)[0][0] >= 0
    ]
    return "".join(_range((code, code)) for code in codes)
