"""Memory that is given back: when, and that it is."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.engines import local, memory
from tests.conftest import PROJECT

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks glibc")


@LINUX
def test_what_a_process_has_is_counted_without_its_files() -> None:
    before = memory.own_bytes()
    block = bytearray(b"\x01") * (64 << 20)
    assert memory.own_bytes() - before >= len(block)


def test_nothing_is_known_where_the_system_does_not_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "none")
    assert memory.own_bytes() == 0
    (tmp_path / "old").write_text("Name:\tpython\nVmRSS:\t  9000 kB\n")
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "old")
    assert memory.own_bytes() == 0


@pytest.mark.parametrize(("size", "large"), [(1000, False), (1001, True)])
def test_only_a_large_process_looks_for_memory(
    size: int, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    trims: list[bool] = []
    monkeypatch.setattr(memory, "own_bytes", lambda: size)
    monkeypatch.setattr(memory, "trim", lambda: trims.append(True))
    assert memory.trim_if_large(1000) is large
    assert bool(trims) is large


@LINUX
@GLIBC
def test_memory_between_what_is_used_is_returned() -> None:
    blocks = [bytes([k % 256]) * 50_000 for k in range(2000)]
    kept = blocks[::20]
    blocks.clear()
    before = memory.own_bytes()
    memory.trim()
    assert before - memory.own_bytes() > 50 << 20
    assert len(kept) == 100


def test_arrow_has_no_heap_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    code = (
        "from cleaner.engines.memory import one_heap; one_heap(); "
        "import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert told.stdout == "system\n"


def test_a_worker_gives_back_memory_after_each_call_even_one_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trims: list[bool] = []
    monkeypatch.setattr(local, "trim_if_large", lambda: trims.append(True))
    assert local._made(len, "tide") == 4
    with pytest.raises(TypeError):
        local._made(len, 4)
    assert len(trims) == 2
