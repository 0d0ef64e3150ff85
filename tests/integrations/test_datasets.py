"""Hugging Face datasets: `map`, streaming, and rows that repeat others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Cleaner
from tests.integrations.cases import STORM, TEXTS, cleaned

datasets = pytest.importorskip(
    "datasets", reason="the library datasets is not installed: pip install datasets"
)
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def test_map(clean, tmp_path: Path) -> None:
    data = datasets.Dataset.from_dict({"n": list(range(6)), "text": [*TEXTS, None]})
    made = data.map(Cleaner().batch, batched=True)
    assert list(made["text"]) == [*cleaned(clean, tmp_path), None]
    assert list(made["n"]) == list(range(6))


def test_the_fingerprint_is_stable() -> None:
    data = datasets.Dataset.from_dict({"text": list(TEXTS)})
    one, other = (data.map(Cleaner.from_config({"profile": "page"}).batch, batched=True) for _ in range(2))
    assert one._fingerprint == other._fingerprint
    assert one._fingerprint != data.map(Cleaner().batch, batched=True)._fingerprint


def test_streaming(clean, tmp_path: Path) -> None:
    data = datasets.IterableDataset.from_generator(lambda: ({"text": text} for text in TEXTS))
    made = data.map(Cleaner().batch, batched=True, batch_size=2)
    assert [row["text"] for row in made] == cleaned(clean, tmp_path)


def test_rows_that_repeat_others_are_left_out() -> None:
    from cleaner.integrations.datasets import without_duplicates

    data = datasets.Dataset.from_dict({"n": [1, 2, 3, 4], "text": [STORM, STORM, f"News.\n{STORM}", None]})
    made = without_duplicates(data)
    assert (list(made["n"]), list(made["text"])) == ([1, 3, 4], [STORM, "News.", None])
    same = datasets.Dataset.from_dict({"text": [STORM]})
    assert list(without_duplicates(same)["text"]) == [STORM]
