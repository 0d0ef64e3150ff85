"""Lists of words, one a line, and catalogues of messages: what is like them and is none first."""

from __future__ import annotations

import pytest

from cleaner.protected import protect
from cleaner.protected.lists import LEAST_WORDS, LONGEST_UNSPACED, LONGEST_WORD, MANY_WORDS

NAMES = [
    "anchor",
    "bay",
    "cable",
    "dune",
    "ebb",
    "flag",
    "gull",
    "harbour",
    "island",
    "jetty",
    "keel",
    "lamp",
    "mast",
    "net",
    "oar",
    "pier",
    "quay",
    "rope",
]
ROOTS = [f"{head}{tail}" for head in NAMES for tail in NAMES]


def kinds(text: str) -> set[str]:
    return {block.kind for block in protect(text).blocks}


def listed(words: list[str]) -> str:
    return "".join(f"{word}\n" for word in words)


NO_LISTS = [
    listed(NAMES[: LEAST_WORDS - 1]),
    listed([*NAMES[6:12], *NAMES[:6]]),
    listed(ROOTS[::-1][: MANY_WORDS - 1]),
    listed([word + "." for word in NAMES[:LEAST_WORDS]]),
    listed([word + "x" * LONGEST_WORD for word in NAMES[:LEAST_WORDS]]),
    listed(["港" * (LONGEST_UNSPACED + 1)] * LEAST_WORDS),
    listed([*"港口在早晨开放渡轮在中午到达人们等待"] * 12),
]


@pytest.mark.parametrize("text", NO_LISTS)
def test_few_words_in_no_order_are_no_list_of_words(text: str) -> None:
    assert "list" not in kinds(text)


LISTS = [
    listed(NAMES[:LEAST_WORDS]),
    listed(ROOTS[::-1][:MANY_WORDS]),
    listed([f"港{char * 2}" + char * (LONGEST_UNSPACED - 3) for char in sorted("丁七三上下不且世中主久之")]),
    listed(["share", "shared", "sharer", "shares", *(f"t{word}" for word in NAMES)]),
]


@pytest.mark.parametrize("text", LISTS)
def test_words_one_a_line_are_a_list(text: str) -> None:
    assert kinds(text) == {"list"}


MESSAGES = (
    '#: tide.c:12\nmsgid "Share"\nmsgstr "Partager"\n\nmsgid "&lt;none&gt;"\nmsgstr ""\n"&lt;aucun&gt;\\n"\n'
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MESSAGES, True),
        (MESSAGES * 9 + "A\nB\nC\n", True),
        (MESSAGES + "A\n\nB\n", False),
        ('He wrote msgid "Share" below it.\n\nShe wrote msgstr "Partager" next to that.\n', False),
    ],
)
def test_a_catalogue_of_messages_is_code(text: str, *, code: bool) -> None:
    assert (kinds(text) == {"code"}) is code
