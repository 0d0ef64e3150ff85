"""Remote places: the same outputs and the same promises as on this machine, also where connections drop."""

from __future__ import annotations

import gzip
import json
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import UsageError
from cleaner.storage import remote
from cleaner.storage.places import overlapping, place
from cleaner.storage.remote import ATTEMPTS, RemotePath
from cleaner.storage.transfer import mirror
from tests.support.corpora import tree, write

fsspec = pytest.importorskip("fsspec", reason="remote places need fsspec (the extra `remote`)")

Clean = Callable[..., Any]
TEXT = "The harbour of Osk froze in March, and the ferries stayed where they were until the ice broke.  \n"
OTHER = "A second story, which has nothing to do with ice at all.\n"
FILES: dict[str, str | bytes] = {
    "a/one.txt": TEXT,
    "a/two.txt.gz": gzip.compress(OTHER.encode()),
    "b.jsonl": "".join(json.dumps({"id": k, "text": TEXT + f"Number {k}."}) + "\n" for k in range(40)),
    "c.csv": 'id,text\n1,"A cell, quoted  "\n',
    "empty.txt": "",
    "picture.png": b"\x89PNG",
}
OPTIONS = ("-q", "--isolated", "--jobs", 1)


RESET = "connection reset by peer"


class BrokenError(Exception):
    """What a store raises when a connection drops; no OSError, as the errors of most libraries are none."""


@pytest.fixture(autouse=True)
def _quick_and_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wait for nothing, keep the folders of a run in the test's own, and leave the store in memory empty."""
    from fsspec.implementations.memory import MemoryFileSystem

    monkeypatch.setattr(remote, "FIRST_PAUSE", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    mirror_folders()
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
    yield
    MemoryFileSystem.store.clear()


def mirror_folders() -> None:
    """Forget what was copied from stores before."""
    from cleaner.storage import transfer

    transfer._scratch.cache_clear()


def fill(address: str, files: dict[str, str | bytes] = FILES) -> str:
    """Write files to a store; return its address."""
    target = place(address)
    assert isinstance(target, RemotePath)
    fs = target.filesystem()
    for name, content in files.items():
        fs.pipe_file((target / name).path, content if isinstance(content, bytes) else content.encode())
    return address


def stored(address: str) -> dict[str, bytes]:
    """Return the content of every file of a store below an address, but the times."""
    mirror_folders()
    return tree(mirror(place(address)))


@pytest.fixture
def here(tmp_path: Path, clean: Clean) -> dict[str, bytes]:
    """What a run on this machine makes of the same files."""
    assert clean("run", write(tmp_path / "in", FILES), tmp_path / "out", *OPTIONS).code == 0
    return tree(tmp_path / "out")


# ---------------------------------------------------------------- names


def test_what_nothing_opens_is_refused() -> None:
    with pytest.raises(UsageError, match="nosuch"):
        place("nosuch://bucket/a")


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_library_that_cannot_open_a_store_says_so_in_one_line(
    command: str, clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(address: str) -> None:
        message = "Unable to load libjvm\ndlopen(a) failed\ndlopen(b) failed"
        raise OSError(message)

    monkeypatch.setattr("fsspec.core.url_to_fs", unable)
    done = clean(command, "hdfs://node/texts", *([tmp_path / "out"] if command == "run" else []))
    assert (done.code, done.err) == (5, "clean: hdfs://node/texts: Unable to load libjvm\n")
    assert not (tmp_path / "out").exists()


def test_addresses_overlap_by_whole_names() -> None:
    assert overlapping(place("memory://a/b"), place("memory://a"))
    assert not overlapping(place("memory://ab"), place("memory://a"))
    assert not overlapping(place("memory://a"), Path("a"))


# ---------------------------------------------------------------- a whole run


def test_there_and_back_as_on_this_machine(here: dict[str, bytes], tmp_path: Path, clean: Clean) -> None:
    fill("memory://in")
    assert clean("run", "memory://in", "memory://out", *OPTIONS).code == 0
    assert stored("memory://out") == here
    assert not list((tmp_path / "cache").rglob("outputs/*")), "nothing is left on this machine"
    assert clean("verify", "memory://out").code == 0
    assert "nothing" not in clean("why", "memory://out", "a/one.txt").out
    assert clean("report", "memory://out").out == "memory://out/_clean/report.html\n"
    assert clean("restore", "memory://out", tmp_path / "back").code == 0
    back = tree(tmp_path / "back")
    assert gzip.decompress(back.pop("a/two.txt.gz")).decode() == OTHER
    expected = {name: content for name, content in FILES.items() if name.endswith(("txt", "jsonl", "csv"))}
    assert back == {name: c if isinstance(c, bytes) else c.encode() for name, c in expected.items()}


def test_one_remote_file_to_this_machine_and_a_local_folder_to_a_store(tmp_path: Path, clean: Clean) -> None:
    fill("memory://in")
    assert clean("run", "memory://in/a/one.txt", tmp_path / "one", *OPTIONS).code == 0
    assert (tmp_path / "one" / "one.txt").read_text() == TEXT.replace("  \n", "\n")
    assert clean("run", write(tmp_path / "local", FILES), "memory://two", *OPTIONS).code == 0
    assert clean("verify", "memory://two", "-q").code == 0


def test_against_a_remote_output(tmp_path: Path, clean: Clean) -> None:
    story = "".join(
        f"The keeper of light number {k} wrote down every ship that passed the cape, and its name.\n\n"
        for k in range(3)
    )
    fill("memory://first", {"a.txt": story})
    fill("memory://second", {"b.txt": story + "And this is new.\n"})
    assert clean("run", "memory://first", "memory://one", *OPTIONS).code == 0
    assert clean("run", "memory://second", tmp_path / "two", *OPTIONS, "--against", "memory://one").code == 0
    assert (tmp_path / "two" / "b.txt").read_text() == "And this is new.\n"
    mirror_folders()
    unnamed = clean("verify", tmp_path / "two")
    assert (unnamed.code, "memory://one: cannot be proven: no --against names it" in unnamed.out) == (0, True)
    named = clean("verify", tmp_path / "two", "--against", "memory://one")
    assert (named.code, "duplicates compared again" in named.out) == (0, True)


def test_names_in_a_store_that_are_no_paths_are_passed_over(tmp_path: Path, clean: Clean) -> None:
    fill("memory://in", {"a.txt": OTHER, "x/../../evil.txt": OTHER})
    assert clean("run", "memory://in", tmp_path / "out", *OPTIONS).code == 0
    assert "evil.txt" not in " ".join(tree(tmp_path / "out", audit=False))
    assert not list(tmp_path.rglob("evil.txt"))


# ---------------------------------------------------------------- what is in the way


def test_what_is_not_ours_stays(clean: Clean) -> None:
    fill("memory://in")
    fill("memory://out", {"theirs.txt": "theirs"})
    for option in ((), ("--overwrite",), ("--resume",)):
        assert clean("run", "memory://in", "memory://out", *OPTIONS, *option).code == 2
    assert stored("memory://out") == {"theirs.txt": b"theirs"}


def test_a_finished_run_is_replaced_only_when_asked(clean: Clean) -> None:
    fill("memory://in")
    assert clean("run", "memory://in", "memory://out", *OPTIONS).code == 0
    before = stored("memory://out")
    result = clean("run", "memory://in", "memory://out", *OPTIONS)
    assert (result.code, "--overwrite" in result.err) == (2, True)
    assert stored("memory://out") == before
    fill("memory://other", {"a/one.txt": OTHER})
    assert clean("run", "memory://other", "memory://out", *OPTIONS, "--overwrite").code == 0
    assert clean("verify", "memory://out", "-q").code == 0
    names = [name for name in stored("memory://out") if not name.startswith("_clean/")]
    assert names == ["a/one.txt"], "outputs of the run before are gone"


def test_only_reading_from_the_web(tmp_path: Path, clean: Clean) -> None:
    result = clean("run", write(tmp_path / "in", {"a.txt": OTHER}), "https://host.example/out", *OPTIONS)
    assert (result.code, "can be read, not written" in result.err) == (2, True)


def test_output_in_the_source(clean: Clean) -> None:
    fill("memory://in")
    assert clean("run", "memory://in", "memory://in/out", *OPTIONS).code == 2


def test_no_such_source(clean: Clean, tmp_path: Path) -> None:
    result = clean("run", "memory://nothing", tmp_path / "out", *OPTIONS)
    assert (result.code, "no such file" in result.err) == (2, True)


# ---------------------------------------------------------------- connections that drop

DROPPED = 0.15
"""Share of the calls of which nothing, or half of what is asked for, comes back."""
READS, WRITES = ("cat_file", "info", "find"), ("put_file", "pipe_file", "mv", "rm_file")


def dropping(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], drops: Callable[[int], bool]
) -> list[int]:
    """Let calls of a store fail, before or after they did what they do, by the number of the call."""
    from fsspec.implementations.memory import MemoryFileSystem

    calls = [0]

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            calls[0] += 1
            number = calls[0]
            dropped = drops(number)
            if dropped and number % 2:
                raise BrokenError(RESET)
            value = call(*args, **options)
            if dropped:
                if isinstance(value, bytes) and value:
                    return value[: len(value) // 2]
                raise BrokenError(RESET)
            return value

        return wrapped

    for name in names:
        monkeypatch.setattr(MemoryFileSystem, name, wrap(getattr(MemoryFileSystem, name)))
    return calls


@pytest.mark.parametrize("names", [READS, WRITES, READS + WRITES])
def test_a_connection_that_drops_again_and_again(
    names: tuple[str, ...], here: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("memory://in")
    with monkeypatch.context() as patch:
        drops = random.Random(14)
        calls = dropping(patch, names, lambda number: drops.random() < DROPPED)
        assert clean("run", "memory://in", "memory://out", *OPTIONS).code == 0
        assert calls[0] > 20
        assert clean("verify", "memory://out", "-q").code == 0
    assert stored("memory://out") == here


@pytest.mark.parametrize("after", range(0, 60, 7))
def test_a_store_that_stops_writing_leaves_no_valid_output_and_the_run_goes_on(
    after: int, here: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("memory://in")
    with monkeypatch.context() as patch:
        calls = dropping(patch, WRITES, lambda number: number > after)
        first = clean("run", "memory://in", "memory://out", *OPTIONS)
    if calls[0] > after and first.code != 0:  # else all is there, and the lock alone could not be removed
        assert clean("verify", "memory://out").code == 2, "without its last file it is no output"
        if first.code != 5:  # not even the lock could be written: no work was begun
            assert clean("run", "memory://in", "memory://out", *OPTIONS).code in (2, 130)
        assert clean("run", "memory://in", "memory://out", *OPTIONS, "--resume").code == 0
    found = stored("memory://out")
    found.pop("_clean/lock", None)
    assert found == here


HOLDER = {"pid": 1, "host": "elsewhere", "since": "2026-01-02 03:04:05", "token": "t"}


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        pytest.param(HOLDER, 2, id="another machine"),
        pytest.param(HOLDER | {"host": socket.gethostname()}, 2, id="a process of this machine that lives"),
        pytest.param(HOLDER | {"host": socket.gethostname(), "pid": 1 << 28}, 0, id="one that has ended"),
    ],
)
def test_one_run_at_a_time_writes_to_an_address(
    holder: dict[str, object], code: int, here: dict[str, bytes], clean: Clean
) -> None:
    fill("memory://in")
    fill("memory://out", {"_clean/lock": json.dumps(holder)})
    done = clean("run", "memory://in", "memory://out", *OPTIONS)
    assert done.code == code
    if code:
        assert "process 1 on" in done.err and "remove memory://out/_clean/lock" in done.err
        assert stored("memory://out") == {"_clean/lock": json.dumps(holder).encode()}
    else:
        assert stored("memory://out") == here


def test_of_two_runs_that_begin_at_once_one_delivers(
    here: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let another run overwrite the lock while this one works: it writes nothing, and can be continued later."""
    from cleaner.storage.outgoing import Outgoing

    fill("memory://in")
    deliver = Outgoing.deliver

    def late(outgoing: Outgoing, *_: object) -> None:
        fill("memory://out", {"_clean/lock": json.dumps(HOLDER)})
        deliver(outgoing)

    with monkeypatch.context() as patch:
        patch.setattr(Outgoing, "deliver", late)
        done = clean("run", "memory://in", "memory://out", *OPTIONS)
    assert (done.code, "process 1 on elsewhere" in done.err) == (130, True)
    assert stored("memory://out").keys() == {"_clean/lock"}
    assert clean("run", "memory://in", "memory://out", *OPTIONS, "--resume").code == 2
    place_of_lock = place("memory://out/_clean/lock")
    assert isinstance(place_of_lock, RemotePath)
    place_of_lock.filesystem().rm_file(place_of_lock.path)
    assert clean("run", "memory://in", "memory://out", *OPTIONS, "--resume").code == 0
    assert stored("memory://out") == here


def test_a_store_that_stops_reading_quarantines_what_it_held_back(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill("memory://in", {"a.txt": OTHER, "b.txt": OTHER * 3, "c.jsonl": '{"text": "a"}\n'})
    with monkeypatch.context() as patch:
        dropping(patch, ("cat_file",), lambda number: 1 < number < 3 * ATTEMPTS)
        result = clean("run", "memory://in", tmp_path / "out", *OPTIONS)
    assert result.code == 3
    kept = (tmp_path / "out" / "_clean" / "quarantine-00000.jsonl").read_text()
    assert "connection" in kept
    assert clean("verify", tmp_path / "out", "-q").code == 0


def test_a_file_that_changes_after_it_was_listed_is_not_mixed(clean: Clean, tmp_path: Path) -> None:
    from cleaner.run.discover import discover

    fill("memory://in", {"a.txt": OTHER})
    (file,) = discover([place("memory://in")]).files
    fill("memory://in", {"a.txt": TEXT})
    with pytest.raises(OSError, match="changed after it was listed"):
        file.path.read_bytes()


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_what_will_not_change_is_not_asked_again(error: type[Exception]) -> None:
    calls = []

    def call() -> None:
        calls.append(1)
        raise error

    with pytest.raises(error):
        RemotePath("memory://a", "/a").patiently(call)
    assert len(calls) == 1


@pytest.mark.parametrize(("failures", "works"), [(ATTEMPTS - 1, True), (ATTEMPTS, False)])
def test_attempts(failures: int, works: bool) -> None:
    calls = []

    def call() -> int:
        calls.append(1)
        if len(calls) <= failures:
            raise BrokenError
        return len(calls)

    if works:
        assert RemotePath("memory://a", "/a").patiently(call) == ATTEMPTS
    else:
        with pytest.raises(OSError, match="BrokenError"):
            RemotePath("memory://a", "/a").patiently(call)
        assert len(calls) == ATTEMPTS
