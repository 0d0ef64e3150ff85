"""Rule files that travel as values, to machines that do not see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.rules.files.folders import layers, read_capped, rule_files, shown
from cleaner.rules.rule import Layer


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
