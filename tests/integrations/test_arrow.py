"""Record batches of Arrow."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import UsageError
from tests.integrations.cases import TEXTS, cleaned

pa = pytest.importorskip("pyarrow")


def test_batches(clean, tmp_path: Path) -> None:
    from cleaner.integrations.arrow import clean_batches

    schema = pa.schema([("n", pa.int32()), ("text", pa.large_string())])
    batches = [
        pa.record_batch({"n": [n], "text": [text]}, schema=schema) for n, text in enumerate([*TEXTS, None])
    ]
    made = list(clean_batches(batches))
    assert [batch.schema for batch in made] == [schema] * 6
    assert [batch["text"][0].as_py() for batch in made] == [*cleaned(clean, tmp_path), None]


def test_a_column_that_is_missing() -> None:
    from cleaner.integrations.arrow import clean_batches

    with pytest.raises(UsageError, match="there is no column 'text': 'body'"):
        list(clean_batches([pa.record_batch({"body": ["a"]})]))
