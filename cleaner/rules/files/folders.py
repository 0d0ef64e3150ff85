"""Where rule files are: the layers, the files of a folder, and files that travel to machines that do not see them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cleaner.rules.faults import Fault
from cleaner.rules.rule import Layer

MAX_BYTES = 1 << 18
"""Size of the largest rule file that is read."""
JUDGED = "judged.sha256"
"""What the list of the built-in packs that the tests have judged is called."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder (or a single file) of rules and the layer that it belongs to."""

    path: Path
    layer: Layer

    def was_judged(self, content: bytes) -> bool:
        """Tell whether this is a built-in pack as it was when the tests judged it: see `judged_sums`."""
        return self.layer == "built-in" and hashlib.sha256(content).hexdigest() in _judged_before(self.path)


def layers(config: Path | None, given: Sequence[str], *, isolated: bool) -> list[Folder]:
    """Return the folders to read, in order: a rule of a later one replaces its namesake of an earlier one.

    `config` is the `clean.yaml` in use: a folder `rules` beside it belongs to the project. `isolated`
    leaves out what the surroundings add (user and project); folders that were asked for are read.
    """
    built_in = built_in_folder()
    found = [Folder(built_in, "built-in")]
    if not isolated:
        found.append(Folder(user_folder(), "user"))
        if config is not None:
            found.append(Folder(config.parent / "rules", "project"))
    found = [
        found[0],
        *(folder for folder in found[1:] if folder.path.is_dir() and not _same(folder.path, built_in)),
    ]
    return [*found, *(Folder(Path(path), "command line") for path in given)]


def built_in_folder() -> Path:
    """Return the folder of the packs that are shipped: in the wheel, or of the checkout.

    >>> built_in_folder().is_dir()
    True
    """
    package = Path(__file__).resolve().parents[2]
    shipped = package / "_rules"
    return shipped if shipped.is_dir() else package.parent / "rules"


def judged_sums(folder: Path) -> str:
    """Return the sums of all packs of a folder, in the form of `sha256sum`: `make docs` keeps them in `JUDGED`."""
    files, _ = rule_files(folder)
    sums = (
        (hashlib.sha256(read_capped(path)).hexdigest(), path.relative_to(folder).as_posix()) for path in files
    )
    return "".join(f"{digest}  {name}\n" for digest, name in sums)


@cache
def _judged_before(folder: Path) -> frozenset[str]:
    """Return the sums of the packs that were judged before they were shipped; none where there is no list."""
    try:
        return frozenset((folder / JUDGED).read_text("utf-8", "replace").split()[::2])
    except OSError:
        return frozenset()


def user_folder() -> Path:
    """Return the folder of the user's own packs, by the XDG base directory specification."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "cleaner" / "rules"


def rule_files(folder: Path) -> tuple[list[Path], list[Fault]]:
    """Return the rule files of a folder (or the single file), sorted, and faults for files that are not packs."""
    if folder.is_file():
        return [folder], []
    if not folder.is_dir():
        return [], [Fault(shown(folder), 1, 1, "no-such-folder", "no such folder of rules")]
    files, faults = [], []
    for path in _walk(folder):
        if path.suffix == ".yaml":
            files.append(path)
        elif path.suffix == ".yml":
            message = f"rule files end in .yaml: rename it to {path.with_suffix('.yaml').name}"
            faults.append(Fault(shown(path), 1, 1, "stray-file", message))
    return files, faults


def read_capped(path: Path) -> bytes:
    """Read a file, but never more than the limit and one byte, which is enough to refuse it."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def shown(path: Path) -> str:
    """Return the path as it appears in messages: relative where it lies under the working folder."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(where, name)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


# ---------------------------------------------------------------- files of other machines


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A rule file: the number of its folder, as later ones win, its layer, its name in messages, its content."""

    number: int
    layer: Layer
    file: str
    content: str = field(repr=False)


def carry(config: Path | None, given: Sequence[str], *, isolated: bool) -> tuple[CarriedFile, ...]:
    """Return all rule files of a configuration but those of the package, which is wherever a task runs."""
    return tuple(
        CarriedFile(number, folder.layer, shown(path), content_of(path))
        for number, folder in enumerate(layers(config, given, isolated=isolated))
        if folder.layer != "built-in"
        for path in rule_files(folder.path)[0]
    )


def content_of(path: Path) -> str:
    """Return the content of a rule file or of a configuration as text, which `bytes_of` makes bytes again."""
    return read_capped(path).decode("utf-8", "surrogateescape")


def bytes_of(content: str) -> bytes:
    r"""Return the bytes of a file that was carried.

    >>> bytes_of("a\udcff")
    b'a\xff'
    """
    return content.encode("utf-8", "surrogateescape")
