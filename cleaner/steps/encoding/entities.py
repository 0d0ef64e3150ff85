"""HTML entities decoded in one linear pass.

ftfy decodes one level per pass, so `&amp;amp;amp;...` costs a pass over the text for each level: 80 KB
take 18 seconds. Here the result of an entity is examined at once together with the text around
it, and the final result is the one that ftfy's passes reach. What a text about markup mentions is left alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ftfy.chardata import HTML_ENTITIES

from cleaner.engines.lazy import regex
from cleaner.model import Edit

_ENTITY = r"&#?[0-9A-Za-z]{1,24};"
ENTITY = regex(_ENTITY)
_OPEN = regex(r"&#?[0-9A-Za-z]{0,24}\Z")
_LONGEST = 26
_HALVES = r"""
    &\#(?: [xX][dD][89abAB][0-9a-fA-F]{2} | 55(?:29[6-9]|[3-9]\d\d) | 56(?:[0-2]\d\d|3[01]\d) );
    &\#(?: [xX][dD][c-fC-F][0-9a-fA-F]{2} | 56(?:3[2-9]\d|[4-9]\d\d) | 57(?:[0-2]\d\d|3[0-3]\d|34[0-3]) );
"""
"""Two references to the halves of one character in UTF-16."""
_PAIR = regex(_HALVES, re.VERBOSE)
_PARTS = regex(rf"{_HALVES} | &[^&;]* | ; | [^&;]+", re.VERBOSE)
_MARKUP = regex(r"(?i)(?<![a-z0-9_.])(?:x?html|xml|sgml)(?![a-z])")
_LONE = regex(rf"(?<![^\W_]){_ENTITY}(?![^\W_])")


@dataclass(slots=True)
class _Piece:
    """A piece of the result: `text` stands for `source[start:end]`; `done` when an entity is in it."""

    start: int
    end: int
    text: str
    done: bool = False


def unescape(text: str) -> str:
    """Decode the entities of a text until none is left; only those that end in a semicolon.

    Names are those of HTML 5, and the all-caps forms of letters that ftfy knows. An ampersand in
    running text, and a name without semicolon, are left alone.

    >>> unescape("P&eacute;rez &amp;amp;lt; AT&T; R&D")
    'Pérez < AT&T; R&D'
    """
    return "".join(piece.text for piece in _pieces(text)) if ENTITY.search(text) else text


def entity_edits(text: str, rule: str) -> list[Edit]:
    """Return the edits equivalent to `unescape`, one for each entity of the source.

    >>> entity_edits("a &amp;lt; b", "encoding/entities")[0].new
    '<'
    """
    edits = []
    for piece in _pieces(text) if ENTITY.search(text) else ():
        if piece.done and text[piece.start : piece.end] != piece.text:
            edits.append(trimmed(text, piece.start, piece.end, piece.text, rule))
    return edits


def trimmed(text: str, start: int, end: int, new: str, rule: str) -> Edit:
    """Return the edit that makes `text[start:end]` into `new`, without what is the same at both ends.

    >>> trimmed("a cafe", 2, 6, "cave", "t/x")
    Edit(start=4, end=5, old='f', new='v', rule='t/x', note='')
    """
    old = text[start:end]
    short = min(len(old), len(new))
    head = next((i for i in range(short) if old[i] != new[i]), short)
    short -= head
    tail = next((i for i in range(short) if old[-1 - i] != new[-1 - i]), short)
    return Edit(start + head, end - tail, old[head : len(old) - tail], new[head : len(new) - tail], rule)


def _pieces(text: str) -> list[_Piece]:
    """Cut a text into settled pieces and open ones (`&...`), decoding an entity when it is closed."""
    stack: list[_Piece] = []
    at = 0
    for part in _PARTS.findall(text):
        end = at + len(part)
        if _PAIR.fullmatch(part):
            _push(stack, _Piece(at, end, _joined(part), done=True))
        elif part == ";":
            _push(stack, _Piece(at, end, part))
            _close(stack)
        elif part[0] == "&":
            stack.append(_Piece(at, end, part))
        else:
            _push(stack, _Piece(at, end, part))
        at = end
    return stack


def _push(stack: list[_Piece], piece: _Piece) -> None:
    """Append a piece, to the open entity before it if there is one."""
    if stack and piece.text[:1] != "&" and _is_open(stack[-1].text):
        top = stack[-1]
        stack[-1] = _Piece(top.start, piece.end, top.text + piece.text, top.done or piece.done)
    else:
        stack.append(piece)


def _is_open(text: str) -> bool:
    return text[:1] == "&" and len(text) < _LONGEST and _OPEN.match(text) is not None


def _close(stack: list[_Piece]) -> None:
    """Decode the entity that the semicolon has just closed, and the one that its result closes, and so on."""
    while stack:
        top = stack[-1]
        if not ENTITY.fullmatch(top.text):
            return
        char = _decoded(top.text)
        if char == top.text:
            return
        stack.pop()
        _push(stack, _Piece(top.start, top.end, char, done=True))


def _joined(pair: str) -> str:
    """Return the character whose halves two references name.

    >>> _joined("&#55357;&#xDE00;")
    '😀'
    """
    halves = (int(half.lower().replace("x", "0x"), 0) for half in re.findall(r"\w+", pair))
    return "".join(map(chr, halves)).encode("utf-16", "surrogatepass").decode("utf-16")


def is_mentioned(text: str) -> bool:
    """Tell whether a text speaks of markup and its entities are what it speaks of: each is a word of its own.

    One of them alone may be the remains of markup, unless what it stands for is beside it.

    >>> is_mentioned("In HTML, write &eacute; for \N{LATIN SMALL LETTER E WITH ACUTE}.")
    True
    >>> is_mentioned("HTML &amp; CSS"), is_mentioned("Caf&eacute; &amp; HTML"), is_mentioned("&eacute; or &egrave;")
    (False, False, False)
    """
    if not ENTITY.search(text) or not _MARKUP.search(text):
        return False
    lone = {match[0] for match in _LONE.finditer(text)}
    if len(_LONE.findall(text)) < len(ENTITY.findall(text)):
        return False
    return len(lone) > 1 or any(re.search(rf"(?<!\w){re.escape(unescape(one))}(?!\w)", text) for one in lone)


def _decoded(entity: str) -> str:
    """Return what one entity stands for, itself if it stands for nothing."""
    named = HTML_ENTITIES.get(entity)
    if named is not None:
        return named
    if not entity.startswith("&#"):
        return entity
    char = html.unescape(entity)
    return entity if ";" in char else char
