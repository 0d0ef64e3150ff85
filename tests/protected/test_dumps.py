"""What programs write for programs is code: what is like it and is none first, then each kind at its threshold."""

from __future__ import annotations

import pytest

from cleaner.protected import protect
from cleaner.protected.code.dumps import COUNTED, PATHS, REQUESTED, REQUESTS, WIDTH

NOT_CODE = {
    "a rule with words in it": "-----BEGIN READING HERE-----\n\nIt rained all day.\n",
    "one long word": "Pneumonoultramicroscopicsilicovolcanoconiosis\nis a word that nobody needs.\n",
    "long addresses of different widths": "https://a.example/harbour/tides-of-may\nhttps://a.example/harbour/may\n",
    "two paths in prose": "It is in\n/usr/share/doc\nor in\n/usr/share/man\nas always.\n",
    "a list of things to buy": "1 onion\n2 carrots\n3 leeks\n4 eggs\n5 apples\n6 plums\n7 pears\n8 figs\n9 nuts\n",
    "a sentence that begins with three dots": "... and then it rained.\n\n.NET was not there.\n\nNobody came.\n",
    "a Chinese text without spaces": "港口在早晨开放，渡轮在中午到达，人们在墙上等待，孩子们在水边玩耍。\n"
    * 3,
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NOT_CODE.items()])
def test_what_is_like_it_is_none(text: str) -> None:
    assert "code" not in {block.kind for block in protect(text).blocks}


def key(width: int, lines: int, *, last: str = "") -> str:
    return "".join(("aB3" * 99)[k : k + width] + "\n" for k in range(lines)) + last


def listed(count: int) -> str:
    return "".join(f"/usr/share/boat{k}\n" for k in range(count))


def log(count: int, words: int) -> str:
    return "".join(f"{k} {'abcdefghijkl'[k % words]}ay a thing\n" for k in range(count))


def roff(requests: int, others: int) -> str:
    return ".SH NAME\n" * requests + "rope and boat\n" * others


THRESHOLDS = [
    (key(WIDTH - 1, 3), False),
    (key(WIDTH, 3), True),
    (key(WIDTH, 1), False),
    (key(WIDTH, 2, last="aB3=\n"), True),
    (listed(PATHS - 1), False),
    (listed(PATHS), True),
    ("harbour/pier.txt\nharbour/quay/lamp.md\nharbour/quay/old/\n", True),
    ("he/she\nhis/her\nhim/her\n", False),
    (log(COUNTED - 1, 2), False),
    (log(COUNTED, 4), True),
    (log(COUNTED, 5), False),
    (roff(REQUESTS - 1, 2), False),
    (roff(REQUESTS, 2), True),
    (roff(REQUESTS, round(REQUESTS / REQUESTED) - REQUESTS), True),
    (roff(REQUESTS, round(REQUESTS / REQUESTED) - REQUESTS + 1), False),
]


@pytest.mark.parametrize(("text", "code"), THRESHOLDS)
def test_each_kind_begins_at_its_threshold(text: str, *, code: bool) -> None:
    assert ({block.kind for block in protect(text).blocks} == {"code"}) is code


def test_a_key_is_code_with_the_lines_around_it_and_what_is_after_it_is_not() -> None:
    text = "It rained.\n\n-----BEGIN KEY-----\nVersion: 1\n\naB3=\n-----END KEY-----\n\nIt rained again.\n"
    assert [(block.first, block.stop, block.kind) for block in protect(text).blocks] == [(2, 7, "code")]
