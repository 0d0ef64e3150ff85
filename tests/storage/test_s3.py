"""A real S3 protocol, spoken with a server on the loopback address: what `memory://` cannot show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.storage import transfer
from cleaner.storage.places import place
from cleaner.storage.remote import RemotePath
from cleaner.storage.transfer import mirror, send, stated_md5
from tests.support.corpora import tree, write

pytest.importorskip("s3fs", reason="the tests of S3 need s3fs (the extra `remote`)")
moto = pytest.importorskip(
    "moto.server", reason="the tests of S3 need moto's server (pip install 'moto[server]')"
)

TEXT = "The harbour of Osk froze in March, and the ferries stayed where they were.  \n"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an empty bucket of a server that ends with these tests."""
    import fsspec

    with pytest.MonkeyPatch.context() as patch:
        server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
            patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
            patch.setitem(fsspec.config.conf, "s3", {"endpoint_url": f"http://{host}:{port}"})
            fsspec.filesystem("s3").mkdir("corpus")
            yield "s3://corpus"
        finally:
            server.stop()


def test_a_run_from_a_bucket_to_a_bucket(
    bucket: str, tmp_path: Path, clean: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files = {"a/one.txt": TEXT, "a/è ?#%.txt": TEXT, "b.jsonl": f'{{"text": "{TEXT.strip()}"}}\n' * 3}
    source = write(tmp_path / "in", files)
    assert clean("run", source, tmp_path / "out", "-q", "--isolated", "--jobs", 1).code == 0
    for name in files:
        target = place(f"{bucket}/in")
        assert isinstance(target, RemotePath)
        send(source / name, target / name)
    run = ("run", f"{bucket}/in", f"{bucket}/out", "-q", "--isolated", "--jobs", 2)
    assert clean(*run, "--work-dir", tmp_path / "work").code == 0
    assert list((tmp_path / "work").iterdir()) == []
    assert tree(mirror(place(f"{bucket}/out"))) == tree(tmp_path / "out")
    assert clean("verify", f"{bucket}/out", "-q").code == 0
    assert clean("restore", f"{bucket}/out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)


def test_what_is_written_is_compared_with_what_is_there(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(hashlib.sha512(b"x").digest() * 1000)
    target = place(f"{bucket}/a.bin")
    assert isinstance(target, RemotePath)
    send(path, target)
    info = target.info()
    assert info is not None
    assert stated_md5(info) == hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setattr(transfer, "stated_md5", lambda info: None)  # as for a file that was sent in parts
    assert transfer._same(path, target, info)
    path.write_bytes(hashlib.sha512(b"y").digest() * 1000)
    assert not transfer._same(path, target, info)
    with target.open() as stream:
        stream.seek(-64, 2)
        assert stream.read() == hashlib.sha512(b"x").digest()
