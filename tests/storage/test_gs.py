"""Google's store: a run from a bucket to a bucket of an emulator on the loopback address."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.storage.places import place
from cleaner.storage.remote import RemotePath
from cleaner.storage.transfer import mirror, send
from tests.support.corpora import tree, write

pytest.importorskip("gcsfs", reason="the tests of gs:// need gcsfs (the extra `remote`)")
emulator = pytest.importorskip(
    "gcp_storage_emulator.server",
    reason="the tests of gs:// need an emulator (pip install gcp-storage-emulator)",
)

TEXT = "The harbour of Osk froze in March, and the ferries stayed where they were.  \n"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket of a server that ends with the test."""
    import fsspec
    import gcsfs.core
    from fsspec.registry import _registry

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="corpus")
    monkeypatch.setattr(
        "socketserver.BaseServer.handle_error", lambda *arguments: None
    )  # a client may hang up
    server.start()
    try:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        monkeypatch.setenv(
            "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false"
        )  # else it asks for more than an emulator has
        options = {"token": "anon", "endpoint_url": f"http://127.0.0.1:{port}"}
        for protocol in ("gs", "gcs"):
            monkeypatch.setitem(fsspec.config.conf, protocol, options)
            # the class of newer versions asks for kinds of buckets that emulators do not have
            monkeypatch.setitem(_registry, protocol, gcsfs.core.GCSFileSystem)
        yield "gs://corpus"
    finally:
        server.stop()


@pytest.mark.filterwarnings("ignore")
def test_a_run_from_a_bucket_to_a_bucket(
    bucket: str, tmp_path: Path, clean: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source = write(tmp_path / "in", {"a/one.txt": TEXT, "b.jsonl": f'{{"text": "{TEXT.strip()}"}}\n' * 3})
    options = ("-q", "--isolated", "--jobs", 1)
    assert clean("run", source, tmp_path / "out", *options).code == 0
    for name in ("a/one.txt", "b.jsonl"):
        target = place(f"{bucket}/in") / name
        assert isinstance(target, RemotePath)
        send(source / name, target)
    assert clean("run", f"{bucket}/in", f"{bucket}/out", *options).code == 0
    assert tree(mirror(place(f"{bucket}/out"))) == tree(tmp_path / "out")
    assert clean("verify", f"{bucket}/out", "-q").code == 0
    assert clean("restore", f"{bucket}/out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)
