"""Cleaning in Ray's `map_batches`: the same texts as the pipeline makes, with real Ray where it is installed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cleaner import Cleaner
from cleaner.errors import UsageError
from cleaner.integrations.ray import CleanBatches
from tests.conftest import PROJECT
from tests.support.corpora import PIECES

TEXTS = [
    f"{PIECES[0]}\n\nAdvertisement\n",
    "It’s the town that was drawn.\n",
    "",
    f"{PIECES[1]}\n\n{PIECES[1]}\n",
]


def test_texts_are_cleaned_and_nothing_else_is_touched() -> None:
    batch = {"text": np.array([*TEXTS, None], object), "id": np.arange(5), "url": ["https://a.example/"] * 5}
    out = CleanBatches(trail="edits")(batch)
    assert out["text"].tolist() == [*map(Cleaner().clean_text, TEXTS), None]
    assert out["id"] is batch["id"]
    trails = [text and json.loads(text) for text in out["edits"]]
    assert trails[0]["edits"][0][0] == "boilerplate/en/advertisement"
    assert trails[1] == {"edits": [], "flags": [], "error": None}
    assert trails[4] is None


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({"body": ["a"]}, "there is no column 'text'"),
        ({"text": ["a"], "edits": [1]}, "a column 'edits' already"),
    ],
)
def test_columns_that_are_wrong_are_named(batch: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        CleanBatches(trail="edits")(batch)


@pytest.mark.skipif(not find_spec("ray"), reason="needs Ray: pip install 'cleaner[ray]'")
@pytest.mark.filterwarnings("ignore")
def test_real_ray_makes_the_same_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import ray

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    environment = {"env_vars": {"PYTHONPATH": str(PROJECT)}}
    options: dict[str, Any] = {"num_cpus": 2, "include_dashboard": False, "runtime_env": environment}
    ray.init(_node_ip_address="127.0.0.1", log_to_driver=False, **options)
    try:
        rows = [{"id": k, "text": text} for k, text in enumerate(TEXTS * 5)]
        data = ray.data.from_items(rows).map_batches(
            CleanBatches,
            fn_constructor_kwargs={"trail": "edits"},
            batch_size=4,
            concurrency=1,
        )
        found = sorted(data.take_all(), key=lambda row: int(row["id"]))
    finally:
        ray.shutdown()
    assert [row["text"] for row in found] == [*map(Cleaner().clean_text, TEXTS)] * 5
    assert "advertisement" in found[0]["edits"]
