"""Compiled templates: kept for this user alone, and only as long as they are those of the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from cleaner.report.compiled import KeptTemplates, is_own, kept_templates


def filled(folder: Path, template: str) -> str:
    environment = Environment(loader=DictLoader({"a": template}), bytecode_cache=KeptTemplates(folder))
    return environment.get_template("a").render(x=3)


def damaged(content: bytes) -> Iterator[bytes]:
    yield b""
    yield content[:-1]
    yield content[:40]
    yield content[:-1] + bytes([content[-1] ^ 1])
    yield b"\0" * len(content)


def test_only_what_is_whole_and_of_this_very_text_is_used(tmp_path: Path) -> None:
    assert filled(tmp_path, "{{ x }} boats") == "3 boats"
    (kept,) = tmp_path.iterdir()
    content = kept.read_bytes()
    for other in damaged(content):
        kept.write_bytes(other)
        assert filled(tmp_path, "{{ x }} boats") == "3 boats"
        assert kept.read_bytes() == content  # made anew
    assert filled(tmp_path, "{{ x }} ships") == "3 ships"


def test_code_of_another_template_is_not_taken(tmp_path: Path) -> None:
    filled(tmp_path, "{{ x }} boats")
    (boats,) = tmp_path.iterdir()
    filled(tmp_path, "{{ x }} ships")
    (ships,) = set(tmp_path.iterdir()) - {boats}
    ships.write_bytes(boats.read_bytes())
    assert filled(tmp_path, "{{ x }} ships") == "3 ships"


def test_the_second_time_nothing_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, "{{ x }} boats")
    monkeypatch.setattr(Environment, "_generate", None)
    assert filled(tmp_path, "{{ x }} boats") == "3 boats"


@pytest.mark.parametrize(("mode", "own"), [(0o700, True), (0o755, True), (0o775, False), (0o757, False)])
def test_a_folder_that_others_may_write_keeps_no_code(tmp_path: Path, mode: int, own: bool) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    folder.chmod(mode)
    assert is_own(folder) == own


def test_a_link_is_no_folder_of_ours(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert not is_own(tmp_path / "link")


def test_where_nothing_can_be_kept_templates_are_filled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cleaner").write_text("a file stands here")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_templates() is None
    assert filled(tmp_path / "cleaner" / "absent", "{{ x }} boats") == "3 boats"
