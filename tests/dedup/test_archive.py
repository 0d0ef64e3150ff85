"""What is left on disk: tables of a shard, sketches for later runs."""

from __future__ import annotations

import runpy
from unittest import mock

import numpy as np
import pytest

from cleaner.dedup import archive, minhash
from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import KINDS, Parameters
from cleaner.dedup.table import Shard, load, map_text
from cleaner.errors import UsageError
from cleaner.steps.dedup import removals_of
from tests.conftest import PROJECT
from tests.support.passages import LONG, NEXT, OTHER, shard_of


def test_tables_survive_the_disk(tmp_path):
    text = f"{LONG}\n\nTitle\n\n{LONG}"
    (tmp_path / "texts.bin").write_bytes(text.encode())
    (tmp_path / "none.bin").write_bytes(b"")
    shard = shard_of([text], Parameters())
    shard.table.save(tmp_path / "a")
    shard_of([], Parameters()).table.save(tmp_path / "b")
    shards = [
        Shard(load(tmp_path / "b"), map_text(tmp_path / "none.bin")),
        Shard(load(tmp_path / "a"), map_text(tmp_path / "texts.bin")),
    ]
    plan = combine(shards, Parameters())
    assert [len(part) for part in plan.shards] == [0, 1]
    assert plan.shards[1].kept_shard.tolist() == [1]


def earlier_of(tmp_path, docs: list[str], options: Parameters, *, name: str = "earlier") -> archive.Earlier:
    """Write what a run leaves, and open it."""
    out = tmp_path / name
    (out / "_clean").mkdir(parents=True)
    (out / "_clean" / "run.json").write_text("{}")
    shard = shard_of(docs, options)
    path = out / "_clean" / "sketches-00000.npz"
    archive.write(path, shard.table, shard.text, options, keys=[f"{k}.txt" for k in range(len(docs))])
    return archive.open_earlier(out, tmp_path / f"work-{name}", options, name=name)


def test_against_an_earlier_corpus(tmp_path):
    options = Parameters()
    first = earlier_of(tmp_path, ["", f"é {OTHER}"], options, name="a")
    second = earlier_of(tmp_path, ["Ça\n\nShort heading\n\n" + LONG, ""], options, name="b")
    shards = [shard_of([NEXT, f"Short heading\n\n{LONG}", LONG.upper()], options)]
    plan = combine(shards, options, against=[first, second])
    [removed] = plan.shards
    assert [KINDS[kind] for kind in removed.kind] == ["run", "exact", "exact"]
    assert removed.kept_corpus.tolist() == [1, 1, 1]
    assert removed.kept_shard.tolist() == [-1, -1, -1]
    assert removed.doc.tolist() == [1, 1, 2]
    key, start, end, text = second.passage(int(removed.kept_index[1]))
    assert (key, text, start, end) == ("0.txt", LONG, 19, 19 + len(LONG))
    assert second.passage(int(removed.kept_index[0]))[3] == "Short heading"
    assert (plan.statistics.passages, plan.statistics.removed["exact"]) == (4, 2)
    for _, found in removals_of(removed, lambda shard, doc: "own"):
        assert {(removal.kept, removal.kept_corpus) for removal in found} == {("", 1)}


def test_earlier_passages_stay_whatever_is_kept(tmp_path):
    options = Parameters(keep="longest")
    earlier = earlier_of(tmp_path, [f"{LONG} {OTHER}", f"{LONG} {OTHER}"], options)
    [removed] = combine([shard_of([f"{LONG} {OTHER} And more."], options)], options, against=[earlier]).shards
    assert (removed.kept_corpus.tolist(), removed.kept_index.tolist()) == ([0], [0])


@pytest.mark.parametrize("other", [{"shingle": 4}, {"min_words": 8}, {"unit": "document"}])
def test_sketches_with_other_parameters_are_refused(tmp_path, other):
    earlier_of(tmp_path, [LONG], Parameters())
    with pytest.raises(UsageError, match=next(iter(other))):
        archive.open_earlier(tmp_path / "earlier", tmp_path / "work", Parameters(**other))


def test_sketches_of_an_earlier_version_are_refused_with_what_to_do(tmp_path):
    with mock.patch.object(archive, "VERSION", 1):
        earlier_of(tmp_path, [LONG], Parameters())
    with pytest.raises(UsageError, match=r"sketches of version 1.*clean that corpus again"):
        archive.open_earlier(tmp_path / "earlier", tmp_path / "work", Parameters())


def test_what_is_no_finished_run_is_refused(tmp_path):
    with pytest.raises(UsageError, match="finished run"):
        archive.open_earlier(tmp_path, tmp_path / "work", Parameters())


def test_sketches_load_into_datasketch(tmp_path):
    earlier_of(tmp_path, [f"Short\n\n{LONG}", NEXT], Parameters())
    found = list(archive.run_sketches(tmp_path / "earlier"))
    assert [(key, start, end) for key, start, end, _ in found] == [
        ("0.txt", 7, 7 + len(LONG)),
        ("1.txt", 0, len(NEXT)),
    ]
    assert [
        made.jaccard(minhash.datasketch_of(text))
        for (*_, made), text in zip(found, (LONG, NEXT), strict=True)
    ] == [1, 1]


def test_the_example_finds_a_passage_in_a_datasketch_index(tmp_path, capsys):
    earlier_of(tmp_path, [f"Short\n\n{LONG} {OTHER}", NEXT], Parameters())
    script = PROJECT / "examples" / "datasketch_index.py"
    runpy.run_path(str(script))["main"](str(tmp_path / "earlier"), f"{LONG} {OTHER} So it was.")
    assert capsys.readouterr().out == f"0.txt:7-{7 + len(LONG) + 1 + len(OTHER)}\n"


@pytest.mark.parametrize("compiled", [False, True])
def test_texts_in_files_and_in_memory_give_one_plan(tmp_path, compiled):
    options = Parameters()
    docs = [f"é {LONG} {OTHER}\n\n{NEXT}", f"Short\n\n{LONG} {OTHER}", f"Short\n\né {LONG} {OTHER} So."]
    memory, files = [], []
    for number, doc in enumerate(docs):
        shard = shard_of([doc], options)
        path = tmp_path / f"{number}.bin"
        path.write_bytes(doc.encode())
        shard.table.save(tmp_path / str(number))
        memory.append(shard)
        files.append(Shard(load(tmp_path / str(number)), map_text(path)))
    with mock.patch("cleaner.dedup.deciding.combine.interpreting_pays", return_value=not compiled):
        assert str(combine(memory, options)) == str(combine(files, options))
        assert combine(files, options).statistics.removed["near"] == 2


def test_sketches_hold_the_passages(tmp_path):
    earlier = earlier_of(tmp_path, [f" é {LONG} \n\nShort", "", f"\n{NEXT}"], Parameters())
    passages = [earlier.passage(index) for index in range(3)]
    assert passages == [
        ("0.txt", 1, 3 + len(LONG), f"é {LONG}"),
        ("0.txt", 6 + len(LONG), 11 + len(LONG), "Short"),
        ("2.txt", 1, 1 + len(NEXT), NEXT),
    ]
    with pytest.raises(IndexError):
        earlier.passage(3)


def arrays_of(path):
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


DAMAGE = {
    "no archive": lambda path: path.write_bytes(b"PAR1 and so on"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-900]),
    "empty": lambda path: path.write_bytes(b""),
    "no header": lambda path: changed(path, header=None),
    "a header that is no JSON": lambda path: changed(path, header=np.frombuffer(b"{", np.uint8)),
    "something pickled": lambda path: np.savez(path, **arrays_of(path) | {"doc": np.array([{}], object)}),
    "a document too many": lambda path: changed(path, doc=np.array([9], np.int32)),
    "a document less than none": lambda path: changed(path, doc=np.array([-1], np.int32)),
    "an end before its start": lambda path: changed(path, end=np.array([-1])),
    "bounds that go back": lambda path: changed(path, bounds=np.array([0, -5])),
    "bounds beyond the text": lambda path: changed(path, bounds=np.array([0, 10**12])),
    "bounds for more passages": lambda path: changed(path, bounds=np.array([0, 1, 2])),
    "numbers that are none": lambda path: changed(path, start=np.array([0.5])),
    "text that is not packed": lambda path: changed(path, text=np.zeros(9, np.uint8)),
}  # fmt: skip


def changed(path, **values) -> None:
    found = arrays_of(path) | values
    np.savez(path, **{name: value for name, value in found.items() if value is not None})


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_of_sketches_is_told(tmp_path, name):
    earlier_of(tmp_path, [LONG], Parameters())
    path = tmp_path / "earlier" / "_clean" / "sketches-00000.npz"
    DAMAGE[name](path)
    with pytest.raises(UsageError, match=r"sketches-00000.npz: not a file of sketches, or a damaged one"):
        archive.open_earlier(tmp_path / "earlier", tmp_path / "other", Parameters())


def test_sketches_of_the_format_before_are_refused_with_what_to_do(tmp_path):
    earlier_of(tmp_path, [LONG], Parameters())
    path = tmp_path / "earlier" / "_clean" / "sketches-00000.npz"
    path.rename(path.with_suffix(".parquet"))
    with pytest.raises(UsageError, match="of an earlier version: clean that corpus again"):
        archive.open_earlier(tmp_path / "earlier", tmp_path / "other", Parameters())


def test_keys_may_be_bytes_that_are_not_utf_8(tmp_path):
    out = tmp_path / "out"
    (out / "_clean").mkdir(parents=True)
    (out / "_clean" / "run.json").write_text("{}")
    shard = shard_of([LONG], Parameters())
    path = out / "_clean" / "sketches-00000.npz"
    archive.write(path, shard.table, shard.text, Parameters(), keys=["caf\udce9.txt"])
    found = archive.open_earlier(out, tmp_path / "work", Parameters())
    assert found.passage(0)[0] == "caf\udce9.txt"
    assert [key for key, *_ in archive.run_sketches(out)] == ["caf\udce9.txt"]
    written = path.read_bytes()
    archive.write(path, shard.table, shard.text, Parameters(), keys=["caf\udce9.txt"])
    assert path.read_bytes() == written
