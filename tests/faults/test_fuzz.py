"""Arbitrary bytes for everything that reads files of strangers: every reader, the rule parser, the reader of the trail.

In the suite there are a few derandomised examples of each; with `HYPOTHESIS_PROFILE=nightly` pytest looks for new ones.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.audit.errors import following
from cleaner.audit.history import history
from cleaner.audit.rebuild import Finished, open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from cleaner.errors import CleanerError, QuarantineError
from cleaner.formats import jsontext
from cleaner.formats.compression import CODECS, Limits, expand
from cleaner.formats.format import Fields, InputFile, Segment
from cleaner.formats.registry import FORMATS
from cleaner.rules.files.source import parse
from tests.faults.corpus import PACKERS, archives, contents, is_proven, is_restored, small
from tests.faults.corruption import damaged
from tests.run.test_promises import run_to
from tests.support.corpora import write
from tests.support.rules import judge

SEEDS, ARCHIVES = contents(), archives()
FEW = settings(max_examples=25) if settings.default and settings.default.max_examples < 1000 else settings()
READERS = [name for name, fmt in FORMATS.items() if fmt.suffixes]


def seed_of(name: str) -> bytes:
    """Return a file of a format, or some text."""
    suffix = FORMATS[name].suffixes[0]
    return next((data for file, data in SEEDS.items() if file.endswith(suffix)), SEEDS["a.txt"])


def data_for(seed: bytes) -> st.SearchStrategy[bytes]:
    """Return arbitrary bytes, and bytes that are nearly those of a file."""
    changed = st.integers(0, 1 << 30).map(lambda number: several(seed, random.Random(number)))
    return st.binary(max_size=200) | changed


def several(data: bytes, chance: random.Random) -> bytes:
    """Damage data in one to four places."""
    for _ in range(chance.randrange(1, 5)):
        data = damaged(data or b" ", chance)
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", READERS)
@given(draw=st.data())
@FEW
def test_a_reader_gives_back_every_byte(name: str, draw: st.DataObject, folder: Path) -> None:
    """Read arbitrary bytes: the entries are the file, and none is an exception."""
    data = draw.draw(data_for(seed_of(name)))
    path = folder / f"x{FORMATS[name].suffixes[0]}"
    path.write_bytes(data)
    file = InputFile(path.name, path, len(data), name, path.name)
    try:
        FORMATS[name].check()
    except CleanerError:
        pytest.skip("an extra is not installed")
    found = list(FORMATS[name].read(Segment(file, 0, len(data)), Fields()))
    assert b"".join(entry.raw for entry in found) == data
    assert all(entry.key == path.name or entry.key.startswith(f"{path.name}:") for entry in found)


@pytest.mark.parametrize("name", [name for name in READERS if FORMATS[name].cuts])
@given(draw=st.data())
@FEW
def test_a_file_is_cut_into_itself(name: str, draw: st.DataObject, folder: Path) -> None:
    """Cut arbitrary bytes: the segments are the file, and their records those of the whole."""
    data = draw.draw(data_for(seed_of(name)))
    cuts = FORMATS[name].cuts
    if cuts is None or not data:
        return
    path = folder / f"y{FORMATS[name].suffixes[0]}"
    path.write_bytes(data)
    file = InputFile(path.name, path, len(data), name, path.name)
    try:
        ends = list(cuts(path, len(data), draw.draw(st.integers(1, 99))))
    except (QuarantineError, ValueError):
        return
    assert [end for end, _ in ends] == sorted({end for end, _ in ends}) and ends[-1][0] == len(data)
    start, line, pieces = 0, 1, list[tuple[str, bytes]]()
    for end, records in ends:
        pieces += [(e.key, e.raw) for e in FORMATS[name].read(Segment(file, start, end, line), Fields())]
        start, line = end, line + records
    assert b"".join(raw for _, raw in pieces) == data


@pytest.mark.parametrize("codec", CODECS)
@given(draw=st.data())
@FEW
def test_an_archive_is_unpacked_or_refused(codec: str, draw: st.DataObject) -> None:
    packed = PACKERS[CODECS[codec].suffix](SEEDS["a.txt"] * 3)
    data = draw.draw(data_for(packed))
    limits = Limits(size=1 << 16, ratio=50, free=1 << 12)
    try:
        content = b"".join(expand(io.BytesIO(data), codec, limits=limits))
    except QuarantineError:
        return
    assert len(content) <= limits.size


@given(
    data=data_for(b"schema: 1\npack: a\nrules:\n  - id: b\n    description: c\n    match: {prefix: [d]}\n")
)
@settings(FEW, max_examples=60)
def test_a_rule_file_is_a_pack_or_faults(data: bytes) -> None:
    source = parse("a.yaml", data)
    pack, faults = judge("a.yaml", "project", data)
    assert pack is not None or faults
    assert all(fault.line >= 1 for fault in source.faults)


@given(data=st.binary(max_size=60) | data_for(b'{"a": [1, "\\ud800", null, 1.5e3]}'))
@settings(FEW, max_examples=100)
def test_json_is_a_value_or_an_error(data: bytes) -> None:
    for loads in (jsontext.loads, jsontext.loads_any):
        try:
            value = loads(data)
        except (ValueError, RecursionError):
            continue
        assert json.loads(jsontext.dumps(value)) == value or value != value


# ---------------------------------------------------------------- whole runs


@pytest.mark.parametrize("suffix", PACKERS)
@given(draw=st.data())
@settings(FEW, max_examples=max(2, FEW.max_examples // 10))
def test_any_bytes_come_back_in_every_format_and_compression(
    suffix: str, draw: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Run on a file of every format with any content, in archives too: every byte is proven and restored."""
    base = tmp_path_factory.mktemp("every")
    plain = SEEDS if suffix else SEEDS | ARCHIVES
    files = {f"{name}{suffix}": PACKERS[suffix](draw.draw(data_for(data))) for name, data in plain.items()}
    source = write(base / "in", files)
    run_to(source, base / "out")
    assert is_proven(base / "out")
    assert is_restored(base / "out", source, base / "back") == []


# ---------------------------------------------------------------- the trail


@pytest.fixture(scope="module")
def finished(folder: Path) -> Finished:
    run_to(small(folder / "in"), folder / "out")
    return open_run(folder / "out")


@given(draw=st.data())
@settings(FEW, max_examples=40)
def test_a_trail_of_strangers(
    draw: st.DataObject, finished: Finished, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Damage a file of a run in several places: each command says so, and nothing is written elsewhere."""
    names = sorted(path for path in finished.audit.iterdir() if path.is_file() and path.suffix != ".html")
    path = draw.draw(st.sampled_from([path for path in names if path.stat().st_size]))
    before = path.read_bytes()
    base = tmp_path_factory.mktemp("trail")
    try:
        path.write_bytes(draw.draw(data_for(before)))
        attempt(lambda: list(verify(open_run(finished.out))))
        attempt(lambda: list(history(open_run(finished.out), "a.txt")))
        attempt(lambda: restore(open_run(finished.out), base / "back"))
    finally:
        path.write_bytes(before)
    assert {found.name for found in base.iterdir()} <= {"back"}
    assert list(verify(finished)) == []


def attempt(command: Callable[[], object]) -> None:
    """Run a command as the command line does; only errors of ours may come out."""
    try:
        with following(OSError):
            command()
    except CleanerError:
        pass
