"""Archives of files: members are inputs, nothing in an archive leads out of it, and nothing damaged is lost."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import QuarantineError
from cleaner.formats.archives import members as module
from cleaner.formats.archives.members import archive_at, extract, members
from cleaner.formats.compression import Limits
from cleaner.run.discover import discover
from cleaner.run.unpack import unpack_group
from tests.support.corpora import trail, tree, write

Clean = Callable[..., Any]
OPTIONS = ("-q", "--isolated", "--jobs", 1, "--steps", "encoding,boilerplate")
FILES: dict[str, bytes] = {
    "one.txt": b"The ferry is late.  \n",
    "b/two.jsonl": b'{"id": 1, "text": "It is cold.  "}\n{"id": 2, "text": "Read also:"}\n',
    "b/three.csv": b'id,text\n1,"Ice  "\n',
    "b/four.txt.gz": gzip.compress(b"Four  \n", mtime=0),
    "empty.txt": b"",
    "picture.png": b"\x89PNG",
}
ALONE = {name: data for name, data in FILES.items() if name != "picture.png"}
TEXT = b"The ferry is late.\n"


def zipped(files: Mapping[str, bytes], **options: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", options.get("method", zipfile.ZIP_DEFLATED)) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return stream.getvalue()


def tarred(files: Mapping[str, bytes], mode: Any = "w", *special: tarfile.TarInfo) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as file:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
        for info in special:
            file.addfile(info)
    return stream.getvalue()


ARCHIVES: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "a.zip": zipped,
    "stored.ZIP": lambda files: zipped(files, method=zipfile.ZIP_STORED),
    "a.tar": tarred,
    "a.tar.gz": lambda files: tarred(files, "w:gz"),
    "a.tgz": lambda files: tarred(files, "w:gz"),
    "a.tar.bz2": lambda files: tarred(files, "w:bz2"),
    "a.tar.xz": lambda files: tarred(files, "w:xz"),
}


def listed(data: bytes, path: Path, **options: Any) -> list[Any]:
    path.write_bytes(data)
    archive = archive_at(path, path.name, len(data))
    assert archive
    return members(archive, **options)


# ---------------------------------------------------------------- nothing leads out, nothing explodes


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "a//evil.txt", "a/./evil.txt", "x" * 256]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out_are_passed_over(pack: Any, name: str, tmp_path: Path, clean: Clean) -> None:
    source = write(
        tmp_path / "in", {"a." + ("zip" if pack is zipped else "tar"): pack({name: TEXT, "good.txt": TEXT})}
    )
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["good.txt"]
    assert len(json.loads((tmp_path / "out/_clean/run.json").read_bytes())["skipped"]) == 1


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    link, device, hard = tarfile.TarInfo("link.txt"), tarfile.TarInfo("null.txt"), tarfile.TarInfo("hard.txt")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device.type = tarfile.CHRTYPE
    hard.type, hard.linkname = tarfile.LNKTYPE, "../../etc/passwd"
    found = listed(tarred({"a.txt": TEXT}, "w", link, device, hard), tmp_path / "a.tar")
    assert [(member.name, bool(member.skip)) for member in found] == [
        ("a.txt", False),
        ("link.txt", True),
        ("null.txt", True),
        ("hard.txt", True),
    ]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(info, "/etc/passwd")
    assert [bool(member.skip) for member in listed(stream.getvalue(), tmp_path / "a.zip")] == [True]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_bombs(name: str, tmp_path: Path) -> None:
    data = ARCHIVES[name]({"a.txt": bytes(1 << 20), "b.txt": bytes(1 << 20)})
    limits = Limits(free=1 << 16)
    with pytest.raises(QuarantineError, match="250 times as large"):
        listed(data, tmp_path / name, limits=limits)
    assert listed(data, tmp_path / name, limits=Limits(free=1 << 22))


def test_a_member_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": bytes(1 << 20)}))
    for place in (data.find(b"PK\x03\x04") + 22, data.find(b"PK\x01\x02") + 24):
        data[place : place + 4] = (100).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    assert [member.size for member in listed(bytes(data), path)] == [100]
    archive = archive_at(path, "a.zip", len(data))
    assert archive
    problems = extract(archive, {"a.txt": tmp_path / "a.txt"})
    assert list(problems) == ["a.txt"]
    assert (tmp_path / "a.txt").stat().st_size < 2000, "its bytes as they are stored"


@pytest.mark.parametrize(("most", "works"), [(3, True), (2, False)])
def test_number_of_members(most: int, works: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", most)
    data = zipped({"a.txt": TEXT, "b.txt": TEXT, "c.txt": TEXT})
    if works:
        assert len(listed(data, tmp_path / "a.zip")) == 3
    else:
        with pytest.raises(QuarantineError, match="more than 2 members"):
            listed(data, tmp_path / "a.zip")


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path, clean: Clean) -> None:
    source = write(
        tmp_path / "in",
        {"a.zip": zipped({"b.zip": zipped({"c.txt": TEXT}), "d.tar": tarred({"e.txt": TEXT})})},
    )
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    assert tree(tmp_path / "out", audit=False) == {}
    assert len(json.loads((tmp_path / "out/_clean/run.json").read_bytes())["skipped"]) == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_of_several_members_with_one_name_the_last_is_read(suffix: str, tmp_path: Path, clean: Clean) -> None:
    stream = io.BytesIO()
    if suffix == "zip":
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("a.txt", "first\n")
            file.writestr("a.txt", "last\n")
        data = stream.getvalue()
    else:
        data = tarred({"a.txt": b"first\n"})[:1024] + tarred({"a.txt": b"last\n"})
    source = write(tmp_path / "in", {f"a.{suffix}": data})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    assert (tmp_path / f"out/a.{suffix}/a.txt").read_text() == "last\n"


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("name", ARCHIVES)
def test_there_and_back(name: str, tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {f"x/{name}": ARCHIVES[name](FILES), "x/plain.txt": TEXT})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    out = tree(tmp_path / "out", audit=False)
    assert sorted(out) == sorted(["x/plain.txt", *(f"x/{name}/{member}" for member in ALONE)])
    assert out[f"x/{name}/one.txt"] == TEXT
    assert gzip.decompress(out[f"x/{name}/b/four.txt.gz"]) == b"Four\n"
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    back = tree(tmp_path / "back")
    assert gzip.decompress(back.pop(f"x/{name}/b/four.txt.gz")) == b"Four  \n"
    assert back == {"x/plain.txt": TEXT} | {
        f"x/{name}/{m}": data for m, data in ALONE.items() if "four" not in m
    }
    assert "encoding" in clean("why", tmp_path / "out", f"x/{name}/one.txt:1").out


def test_an_archive_as_the_source_and_one_output_for_any_jobs(tmp_path: Path, clean: Clean) -> None:
    path = write(tmp_path, {"a.zip": zipped(FILES)}) / "a.zip"
    assert clean("run", path, tmp_path / "one", *OPTIONS).code == 0
    assert (
        clean(
            "run", path, tmp_path / "two", "-q", "--isolated", "-j", 2, "--steps", "encoding,boilerplate"
        ).code
        == 0
    )
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
@pytest.mark.parametrize("keep", [0.005, 0.3, 0.98])
def test_a_cut_archive_is_quarantined_whole(name: str, keep: float, tmp_path: Path, clean: Clean) -> None:
    whole = ARCHIVES[name]({"a.txt": bytes(range(256)) * 9, "b.txt": TEXT * 40})
    data = whole[: int(len(whole) * keep)]
    if name == "a.tar" and keep == 0.98:  # nothing but the padding is cut
        data = whole[:3072] + b"x" + whole[3073:]
    source = write(tmp_path / "in", {name: data})
    code = clean("run", source, tmp_path / "out", *OPTIONS).code
    assert code == 3
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == {name: data}


def test_an_archive_without_a_byte_is_passed_over(tmp_path: Path) -> None:
    found = discover([write(tmp_path / "in", {"a.zip": b"", "b.tar": b""})])
    assert (found.files, [path for path, _ in found.skipped]) == ((), ["a.zip", "b.tar"])


def test_one_bad_member_costs_itself(tmp_path: Path, clean: Clean) -> None:
    data = bytearray(
        zipped({"a.txt": TEXT, "b.txt": b"stored as it is\n", "c.txt": TEXT}, method=zipfile.ZIP_STORED)
    )
    data[data.find(b"stored as") + 3] ^= 1
    source = write(tmp_path / "in", {"a.zip": bytes(data)})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 3
    assert tree(tmp_path / "out", audit=False) == {"a.zip/a.txt": TEXT, "a.zip/c.txt": TEXT}
    (line,) = trail(tmp_path / "out", "quarantine")
    assert (line["path"], "CRC" in line["reason"]) == ("a.zip/b.txt", True)
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert (tmp_path / "back/a.zip/b.txt").read_bytes() == b"stosed as it is\n"


def stored() -> bytes:
    """Return an archive in which members lie as they are."""
    return zipped({"a.txt": b"first, as it is\n" * 2, "b.txt": b"second\n"}, method=zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("at", "new"),
    [
        pytest.param(42, b"\xff\xff\xff\x7f", id="far away"),
        pytest.param(42, b"\xff\xff\xff\xff", id="before the beginning"),
        pytest.param(42, b"\x01\x00\x00\x00", id="no head"),
    ],
)
def test_a_list_of_members_that_is_damaged_costs_the_archive_alone(
    at: int, new: bytes, tmp_path: Path, clean: Clean
) -> None:
    data = bytearray(stored())
    begin = data.find(b"PK\x01\x02") + at
    data[begin : begin + 4] = new
    source = write(tmp_path / "in", {"a.zip": bytes(data), "b.txt": TEXT})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 3
    assert [line["path"] for line in trail(tmp_path / "out", "quarantine")] == ["a.zip"]
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)


@pytest.mark.parametrize(
    ("mark", "at", "new"),
    [
        pytest.param(b"PK\x01\x02", 20, b"\x03\x00\x00\x00", id="a size that is too small"),
        pytest.param(b"PK\x03\x04", 26, b"\x0f\x00", id="a name that is too long"),
        pytest.param(b"PK\x03\x04", 28, b"\x0f\x00", id="an extra field that is too long"),
        pytest.param(b"PK\x03\x04", 30, b"c", id="another name"),
    ],
)
def test_all_bytes_of_a_bad_member_are_kept(
    mark: bytes, at: int, new: bytes, tmp_path: Path, clean: Clean
) -> None:
    data = bytearray(stored())
    begin = data.find(mark) + at
    data[begin : begin + len(new)] = new
    source = write(tmp_path / "in", {"a.zip": bytes(data)})
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 3
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert b"first, as it is\n" * 2 in (tmp_path / "back/a.zip/a.txt").read_bytes()
    assert (tmp_path / "back/a.zip/b.txt").read_bytes() == b"second\n"


def test_tars_one_behind_the_other_are_not_read_in_part(tmp_path: Path) -> None:
    with pytest.raises(QuarantineError, match="is no member"):
        listed(tarred({"a.txt": TEXT}) + tarred({"b.txt": TEXT}), tmp_path / "a.tar")


def test_every_flipped_byte_of_a_tar_is_noticed_or_is_content(tmp_path: Path) -> None:
    data = tarred({"a.txt": TEXT, "b.txt": TEXT})[:3072]
    for at in range(0, len(data), 7):
        damaged = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            found = listed(damaged, tmp_path / "a.tar")
        except QuarantineError:
            continue
        assert [member.name for member in found] == ["a.txt", "b.txt"], at


def test_what_was_extracted_is_not_extracted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in", {"a.zip": zipped(FILES)})
    files = discover([source]).files
    targets = [tmp_path / "work" / f"{number:03d}" for number in range(len(files))]
    first = unpack_group(files, targets)
    monkeypatch.setattr("cleaner.run.unpack.extract", None)
    assert unpack_group(files, targets) == first
