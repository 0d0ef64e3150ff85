"""The map of protected text: what it leaves alone first, then each kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.protected import Kind, protect
from cleaner.protected.code.source import is_source

PROSE = [
    "Name: [not given]\n\nThe ferry came late, and nobody knew whose bag it was. Nobody asked for it all day.",
    "<p>It rained all day in the valley.</p>",
    "<svg>s are drawn by hand in this harbour, and nobody minds.",
    "add d2, then wait for the tide and the low water of the evening, as always.",
    "3 men came.\n12 left.\n7 came back.\n20 stayed.",
    "It rained all day in the valley.",
    "The bridge (built in 1902) was shut in May; nobody knew why.\n\nThe mayor said: it will open again.",
    "Harbour opens\n\nThe old harbour was opened on Monday.\n\nThe ferry (which is late) came in at noon.",
    "The old harbour was opened on Monday by the mayor, who\n"
    "had come with the ferry from the island and spoke for an\n"
    "hour about the wall, the bridge and the price of fish\nand then went home.",
    "She paid $5 for it, and he paid $7; that is all.",
    "No person shall use\n(a) the bridge; or\n(b) the wall.\n",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_not_protected(text: str) -> None:
    assert not [block for block in protect(text).blocks if block.kind != "list"]
    assert not protect(text).inline


KINDS: list[tuple[Kind, str]] = [
    ("code", "Look:\n\n```html\n<p>one</p>\nShare\n```\n\nDone."),
    ("code", "To run it, type this:\n\n    $ make all\n    Share\n\nThat is all."),
    ("code", "import os\n\nprint(os.name)\n"),
    ("code", "# The boats.\n\nFerry: [name, deck*]\n\n# The piers of all harbours.\n\nPier: [name*]\n"),
    ("code", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>'),
    ("code", '<a:feed lang="en" xmlns:a="urn:x">\n<a:title>Five bridges</a:title>\n</a:feed>'),
    ("code", "tide\n    ; save what is there\n    stp x19, x20, [sp, #-16]!\n    mov w0, #1\n    ret\n"),
    ("code", "start:\n    push ebp\n    mov eax, [ebp+8]\n    xor %ebx, %ebx\n    ret\n"),
    ("code", '{"a": [1, 2],\n "b": null}\n'),
    ("code", "2024-05-01 10:00:01 INFO start\n2024-05-01 10:00:02 WARN disk full\n"),
    ("front-matter", "---\ntitle: The bridge\ntags: [a, b]\n---\n\nIt was shut in May.\n"),
    ("table", "| boat | year |\n|---|---|\n| Anna | 1902 |\n"),
    ("table", "Boat      Year   Port\nAnna      1902   Harle\nBerta     1911   Northport\n"),
    (
        "verse",
        "The night is long upon the bay,\nthe stars are small and far away,\n"
        "but still we row and still we pray\nuntil the break of day.\n",
    ),
    ("dialogue", "ANNA. Who is there?\n\nNURSE. A friend.\n\nANNA. Come in.\n\nNURSE. I cannot.\n"),
    ("dialogue", "<tom> hi\n<ann> hello tom\n<tom> is the ferry late?\n"),
    (
        "subtitles",
        "1\n00:00:01,000 --> 00:00:02,500\nWho is there?\n\n2\n00:00:03,000 --> 00:00:04,000\nA friend.\n",
    ),
    (
        "mail",
        "From: ann@example.org\nTo: bob@example.org\nSubject: the bridge\n\nAre you coming on Friday?\n",
    ),
    (
        "references",
        "[1] J. Example, Ports and walls, J. Harbours, vol. 3, pp. 1-12, 1999.\n"
        "[2] A. Tester, Bridges. Harle: Press, 2001.\n",
    ),
    ("mathematics", "It follows that\n\na^2 + b^2 = c^2\n\nfor all of them.\n"),
    ("contents", "Ports .......... 3\nWalls .......... 17\nBridges ........ 40\n"),
    ("list", "Across\n1 Rope (4)\n4 Comment (6)\n6 Oar (3)\n7 Tide (4)\n"),
    ("form", "Name: ____________\nPlace: ____________\n"),
]


@pytest.mark.parametrize(("kind", "text"), KINDS)
def test_kinds_are_told(kind: Kind, text: str) -> None:
    assert kind in {block.kind for block in protect(text).blocks}


def test_inline_code_is_a_span() -> None:
    text = "Write `&amp;` there, not `&`."
    found = protect(text)
    assert [text[start:end] for start, end, _ in found.inline] == ["`&amp;`", "`&`"]
    assert found.covers(8, 9, {"code"})
    assert not found.covers(0, 5)


def test_a_place_is_found_by_line_and_by_offset() -> None:
    text = "Look:\n\n```\na = 1\n```\n\nDone."
    found = protect(text)
    block = found.blocks[0]
    assert text[block.start : block.end] == "```\na = 1\n```"
    assert [found.kind_at(line) for line in range(7)] == [None, None, "code", "code", "code", None, None]
    assert found.covers(text.index("a = 1"), text.index("a = 1") + 1)
    assert not found.covers(0, 5) and not found.covers(len(text) - 2, len(text))


def test_a_remark_after_a_statement_is_no_prose() -> None:
    rows = "".join(
        f"    '{char}'  #  the small letter {char} with nothing above it at all\n" for char in "abcdefgh"
    )
    text = f"table = (\n{rows})\nfind = table.index\n"
    assert protect(text).covers(0, len(text), {"code"})
    assert protect(text).blocks[0].stop == text.count("\n")


@pytest.mark.parametrize(("others", "whole"), [(98, True), (99, False)])
def test_lines_that_code_has_often_need_a_few_that_only_code_has(*, others: int, whole: bool) -> None:
    assert is_source(["for (;;) {", "}", *["return tide"] * others]) is whole
    assert not is_source(["for (;;) {", "}", *["return tide"] * others, "Low water"])


def test_lone_halves_of_pairs_do_not_stop_the_map() -> None:
    text = "Word \ud800 here.\n\n```\nx = '\udfff'\n```\n\n• one \ud800\n• two\n• three\n"
    found = protect(text)
    assert found.kind_at(3) == "code"
    assert [found.kind_at(k) for k in range(9)] == [
        protect(text.replace("\ud800", "a").replace("\udfff", "b")).kind_at(k) for k in range(9)
    ]


LABELS = st.one_of(
    st.sampled_from(["-", "*", "§ 1", "iv", "10", "9", "1.2", "٣"]), st.characters(categories=["L", "N", "S"])
)


@given(
    st.lists(
        st.tuples(LABELS, st.sampled_from(["", ".", ")", ":"]), st.sampled_from(["rope", "Oar (3)", "net\n"]))
    )
)
def test_labels_of_any_kind_may_follow_each_other(items: list[tuple[str, str, str]]) -> None:
    text = "\n".join(f"{label}{mark} {word}" for label, mark, word in items)
    assert all(block.start < block.end <= len(text) for block in protect(text).blocks)


def test_a_circled_number_may_follow_a_plain_one() -> None:
    assert protect("1. rope\n② oar\n③ net\n④ sail\n")


LONG = "of a boat that was named after the island it came from, " * 4
CELLS = [
    (f"{LONG}\t1\n" * 3, True),
    (f"{LONG}\t1\n" * 2, False),
    (f"{LONG}\t1\n{LONG}\t1\n{LONG}\t1\t2\n", False),
    (f"\t{LONG}\n" * 3, False),
    (f"1.\t{LONG}\n2.\t{LONG}\n3.\t{LONG}\n", False),
    (f"{LONG}  {LONG}\n" * 3, False),
    ("pier  12  rope\npier  13  oar\n" + f"pier  14  {LONG}\n" + "pier  15  rope\npier  16  net\n", True),
    ("pier  12  rope\npier  13  oar\n" + f"It rained.  He came.  {LONG}\n", False),
]


@pytest.mark.parametrize(("text", "table"), CELLS)
def test_rows_as_long_as_paragraphs_are_of_the_table_they_are_in(text: str, *, table: bool) -> None:
    found = [(block.first, block.stop) for block in protect(text).blocks if block.kind == "table"]
    assert (found == [(0, text.count("\n"))]) is table
