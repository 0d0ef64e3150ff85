"""The normal form in which regexes and lines meet: letters of either case and runs of white space are equal in it."""

from __future__ import annotations

from typing import Final


def normal(text: str) -> str:
    r"""Return the form in which letters of either case and runs of white space are equal.

    >>> normal("READ\u00a0  More"), normal("İstanbul") == normal("ISTANBUL")
    ('read more', True)
    """
    return spaced(folded_case(text))


def folded_case(text: str) -> str:
    """Return a text with equal letters where regexes take those of either case; its lines stay in their places."""
    if not text.isascii():
        text = text.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i")
        text = text.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")
    return text.casefold()


_SPACES: Final = "\t\v\f\r\x1c\x1d\x1e\x1f"
_SPACES_BEYOND: Final = "".join(
    map(chr, (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)


def one_space(text: str) -> str:
    r"""Make one space of each run of white space inside a line.

    >>> one_space("a\u00a0 \tb\n\nc")
    'a b\n\nc'
    """
    if not text.replace("\n", "").isprintable():  # no white space but the space is printable
        for char in _SPACES if text.isascii() else _SPACES + _SPACES_BEYOND:
            if char in text:
                text = text.replace(char, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def spaced(text: str) -> str:
    r"""Make one space of each run of white space, of newlines too.

    >>> spaced(" read\t  more")
    ' read more'
    """
    inner = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{inner}{' ' * (bool(inner) and text[-1:].isspace())}"
