"""Rows of data are kept whole, layouts are not."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import html

pytest.importorskip("trafilatura")

from cleaner.formats.html.article import extract
from cleaner.formats.html.blocks import blocks_of
from cleaner.formats.html.rows import CELL_WORDS, ROW_BLOCKS, ROW_WORDS, THREAD, whole_rows

HEAD = (
    "The town hall beside the harbour was opened again on Friday after two years of repairs, with new hours."
)
FOOT = "The mayor said that she would be there herself every Monday, and that nobody would have to wait for long."


def judged(rows: str, first: float) -> list[float]:
    """Judge the blocks of a table: the first one as said, the others as worthless."""
    blocks = blocks_of(html.document_fromstring(f"<table>{rows}</table>"))
    return whole_rows(np.array([first, *[0.0] * (len(blocks) - 1)]), blocks).tolist()


def row(blocks: int, words: int = 0) -> str:
    """Make a row of so many blocks, with so many words in all if that is asked for."""
    texts = ["x"] * (blocks - 1) + [" ".join(["x"] * max(1, words - blocks + 1))]
    return "<tr><td><ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul></td></tr>"


def full(words: int) -> str:
    """Make a row of six blocks with about as many words each."""
    sizes = [words // 6 + (at < words % 6) for at in range(6)]
    return "<tr><td>" + "".join(f"<p>{' '.join(['x'] * size)}</p>" for size in sizes) + "</td></tr>"


@pytest.mark.parametrize(
    ("rows", "raised"),
    [
        (row(1), 1),
        (row(ROW_BLOCKS), ROW_BLOCKS),
        (row(ROW_BLOCKS + 1), 1),
        (row(ROW_BLOCKS, ROW_BLOCKS - 1 + CELL_WORDS), ROW_BLOCKS),
        (row(ROW_BLOCKS, ROW_BLOCKS + CELL_WORDS), 1),
        (full(ROW_WORDS), 6),
        (full(ROW_WORDS + 1), 1),
        (row(2) + row(2), 2),
    ],
)
def test_a_row_of_data_is_one(rows: str, raised: int) -> None:
    assert sum(judged(rows, 0.9)) == pytest.approx(0.9 * raised)


@pytest.mark.parametrize(("thread", "raised"), [(THREAD - 0.01, 2), (THREAD, 1)])
def test_the_tables_of_a_thread_are_layout(thread: float, raised: int) -> None:
    blocks = blocks_of(html.document_fromstring(f"<table>{row(2)}</table>"))
    assert whole_rows(np.array([0.9, 0.0]), blocks, thread).sum() == pytest.approx(0.9 * raised)


@pytest.mark.parametrize(
    "cell",
    [
        "10:00<br>18:00",
        "<ul><li>10:00</li><li>18:00</li></ul>",
        "<p>10:00</p><p>18:00</p>",
        "<dl><dt>10:00</dt><dd>desk</dd><dt>18:00</dt><dd>end</dd></dl>",
        "<div><b>10:00</b></div><div>18:00</div>",
    ],
)
def test_what_is_in_a_cell_is_not_lost(cell: str) -> None:
    table = f"<table><tr><td>Mon</td><td>{cell}</td></tr><tr><td>Tue</td><td>closed</td></tr></table>"
    page = f"<html><body><main><article><h1>Hall</h1><p>{HEAD}</p>{table}<p>{FOOT}</p></article></main></body></html>"
    text = extract(page).text
    assert all(piece in text for piece in (HEAD, "Mon", "10:00", "18:00", "Tue", "closed", FOOT))
