"""Judged packs on disk: parsing YAML is slow, and a run on five files should not wait for it.

An entry is named by the content of the rule file and by the code that judged it (`cleaner.rules.kept`).
"""

from __future__ import annotations

from pathlib import Path

from cleaner.rules import kept
from cleaner.rules.files.pack import Pack
from cleaner.rules.rule import Layer, StepNames


def cache_folder() -> Path:
    """Return the folder of the cache, by the XDG base directory specification."""
    return kept.folder_of("packs")


def read(folder: Path, file: str, layer: Layer, content: bytes, steps: StepNames) -> Pack | None:
    """Return the pack that was made of this very content, or None."""
    try:
        data = kept.read(folder / _name(content, steps))
        rules, lines = tuple(data["rules"]), tuple(data["lines"])
        return Pack(file, layer, data["name"], data["step"], rules, lines, steps.by_action)
    except (KeyError, TypeError):
        return None


def write(folder: Path, pack: Pack, content: bytes, steps: StepNames) -> None:
    """Store a pack; a cache that cannot be written is no error."""
    entry = {"name": pack.name, "step": pack.step, "rules": pack.rules, "lines": pack.lines}
    kept.write(folder / _name(content, steps), entry)


def _name(content: bytes, steps: StepNames) -> str:
    return kept.name_of(",".join(steps.names).encode() + b"\n" + content)
