"""What is not done twice gives what doing it twice would: passages that were digested, lines that were read."""

from __future__ import annotations

from dataclasses import fields
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.audit.records import EDITS
from cleaner.audit.trail import part_name, read_part
from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.reuse import tabulate_again
from cleaner.dedup.sketching.tabulating import tabulate
from cleaner.dedup.table import Shard, load, release
from cleaner.formats import jsontext
from tests.support.passages import LONG, NEXT, OTHER, shard_of

LINES = st.sampled_from([LONG, NEXT, OTHER, "Short", "", " é 東京 Σ", f"{LONG} So it was.", "* * *"])
DOCS = st.lists(st.lists(LINES, max_size=8), min_size=1, max_size=4)


def texts(docs: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    parts = ["\n".join(lines).encode() for lines in docs]
    return np.frombuffer(b"".join(parts), np.uint8), np.array([0, *accumulate(map(len, parts))])


@given(
    data=st.data(),
    docs=DOCS,
    unit=st.sampled_from(["paragraph", "block", "sentences(1)", "document"]),
    interpreted=st.booleans(),
)
def test_a_shard_digested_again_has_what_it_would_have_had_at_first(data, docs, unit, interpreted):
    """Lines go, come and change places; what is taken over is what would have been computed."""
    settings = Parameters(unit=unit)
    after = [data.draw(st.lists(st.one_of(LINES, *map(st.just, lines)), max_size=8)) for lines in docs]
    with mock.patch("cleaner.dedup.sketching.tabulating.interpreting_pays", return_value=interpreted):
        buffer, bounds = texts(docs)
        before = Shard(tabulate(buffer, bounds, settings), buffer)
        again = tabulate(*texts(after), settings, before=before)
        anew = tabulate(*texts(after), settings)
    for field in fields(anew):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(anew, field.name), field.name)
        assert getattr(again, field.name).dtype == getattr(anew, field.name).dtype


def test_a_document_that_stays_is_not_digested_again():
    settings, digested = Parameters(), []
    buffer, bounds = texts([[LONG, NEXT], [OTHER], [], [NEXT]])
    before = Shard(tabulate(buffer, bounds, settings), buffer)

    def counted(buffer, bounds):
        digested.append(buffer.tobytes().decode())
        return tabulate(buffer, bounds, settings)

    tabulate_again(*texts([[NEXT], [OTHER], ["New"], [NEXT]]), before, counted)
    assert digested == [f"{NEXT}New"]


@given(docs=DOCS, scope=st.sampled_from(["corpus", "document"]))
def test_any_number_of_threads_makes_one_plan(docs, scope):
    settings = Parameters(scope=scope, min_words=1)
    shards = [shard_of(["\n".join(lines)], settings) for lines in docs]
    with (
        mock.patch("cleaner.dedup.deciding.combine.interpreting_pays", return_value=False),
        mock.patch("cleaner.dedup.deciding.candidates._FEW", -1),
    ):
        plans = {str(combine(shards, settings, threads=threads)) for threads in (1, 2, 5)}
    assert len(plans) == 1


@pytest.mark.parametrize("wanted", [{"a.txt"}, {'q",x'}, {"é.txt", "\ud800"}, set(), {"a", "absent"}])
def test_lines_of_some_documents_are_found_however_their_keys_are_written(wanted, tmp_path: Path):
    docs = ["a", "a.txt", 'q",x', 'q"', "é.txt", "\ud800"]
    lines: list[Any] = [{"doc": doc, "old": old} for doc in docs for old in ("b", "\ud800")]
    (tmp_path / part_name(EDITS, 0)).write_bytes(b"".join(jsontext.dumps(line) + b"\n" for line in lines))
    assert list(read_part(tmp_path, EDITS, 0, docs=wanted)) == [
        line for line in lines if line["doc"] in wanted
    ]


@pytest.mark.parametrize("lines", [[LONG, NEXT, OTHER], ["Short"], []])
def test_a_table_is_read_as_it_was_written_also_after_its_memory_was_released(lines, tmp_path: Path):
    buffer, bounds = texts([lines, [], lines])
    made = tabulate(buffer, bounds, Parameters())
    made.save(tmp_path)
    found = load(tmp_path)
    for field in fields(made):
        column, expected = getattr(found, field.name), getattr(made, field.name)
        np.testing.assert_array_equal(column, expected, field.name)
        assert column.dtype == expected.dtype
        release(column)
        np.testing.assert_array_equal(column, expected, field.name)
