"""Data frames of pandas, polars and Dask."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Cleaner
from cleaner.integrations.frames import clean_column, clean_frame, without_duplicates
from tests.integrations.cases import STORM, TEXTS, cleaned

pytestmark = pytest.mark.filterwarnings("default")


def test_pandas(clean, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"n": range(7), "text": [*TEXTS, None, float("nan")]}, index=list("abcdefg"))
    made = clean_frame(frame)
    assert list(made["text"][:5]) == cleaned(clean, tmp_path)
    assert made["text"].isna().tolist() == [False] * 5 + [True] * 2
    assert (list(made.index), list(made["n"]), made["text"].dtype) == (
        list("abcdefg"),
        list(range(7)),
        frame["text"].dtype,
    )
    assert frame["text"].iloc[0] == TEXTS[0]


def test_duplicates_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"n": [1, 2, 3, 4], "text": [STORM, STORM, f"News.\n{STORM}", None]}, index=[5, 6, 7, 8]
    )
    made = without_duplicates(frame)
    assert (list(made["n"]), list(made.index)) == ([1, 3, 4], [5, 7, 8])
    assert list(made["text"][:2]) == [STORM, "News."]


def test_polars(clean, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"n": range(6), "text": [*TEXTS, None]})
    text = polars.col("text").map_batches(clean_column, return_dtype=polars.String)
    assert frame.with_columns(text)["text"].to_list() == [*cleaned(clean, tmp_path), None]
    assert frame.lazy().with_columns(text).collect().height == 6


def test_duplicates_of_polars() -> None:
    polars = pytest.importorskip("polars")
    made = without_duplicates(polars.DataFrame({"n": [1, 2, 3], "text": [STORM, STORM, None]}))
    assert made.to_dict(as_series=False) == {"n": [1, 3], "text": [STORM, None]}


def test_dask(clean, tmp_path: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    pandas = pytest.importorskip("pandas")
    frame = dask.from_pandas(pandas.DataFrame({"text": list(TEXTS)}), npartitions=2)
    made = frame.map_partitions(clean_frame, Cleaner(), meta=frame._meta).compute(scheduler="synchronous")
    assert list(made["text"]) == cleaned(clean, tmp_path)


def test_lists() -> None:
    assert clean_column(("It rained.  ", None)) == ["It rained.", None]
