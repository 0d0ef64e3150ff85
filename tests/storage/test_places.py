"""What an argument names; none of this needs fsspec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import UsageError
from cleaner.storage import remote
from cleaner.storage.places import place
from cleaner.storage.remote import stamp_of


@pytest.mark.parametrize("text", ["a/b.txt", "-", "/srv/in", "s3:/a", "C:\\texts", "a://", "file:///srv"])
def test_paths_stay_paths(text: str) -> None:
    assert isinstance(place(text), Path)


def test_addresses_inside_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match="inside each other"):
        place("zip://a.txt::https://host.example/b.zip")


def test_without_fsspec_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, clean: Callable[..., Any]
) -> None:
    monkeypatch.setattr(remote, "find_spec", lambda name: None)
    result = clean("run", "s3://bucket/in", "out")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "pip install 'cleaner[remote]'" in result.err


def test_a_stamp_is_size_and_what_the_store_says_first() -> None:
    info = {"size": 3, "created": 1, "LastModified": "now", "ETag": "x"}
    assert stamp_of(info) == (("size", "3"), ("ETag", "x"))
    assert stamp_of({"size": 3}, (("size", "3"), ("ETag", "x"))) == (("size", "3"),)
