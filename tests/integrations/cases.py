"""What every integration cleans in its test, and what `clean run` makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

RAIN = "It rained all day in the valley, and the ferry did not leave the harbour until the evening."
STORM = "The ferry to the island has been cancelled again because of the storm and the high waves."
TEXTS = (
    f"{RAIN}\n\nAdvertisement\n\nThe cafÃ© was closed.  \n",
    "The mayor opened the bridge.\r\nIt had been closed for a year.",
    f"{STORM}\n\nRead also: Five bridges",
    "",
    f"{STORM}\n\n{STORM}\n",
)


def cleaned(
    clean: Callable[..., object], folder: Path, texts: tuple[str, ...] = TEXTS, *options: str
) -> list[str]:
    """Return what `clean run` makes of texts, each of them a file of its own: an empty text where none is written."""
    source = folder / "in"
    source.mkdir()
    for number, text in enumerate(texts):
        (source / f"{number}.jsonl").write_text(json.dumps({"text": text}) + "\n")
    for number in range(len(texts)):
        clean("run", "-q", "--isolated", *options, source / f"{number}.jsonl", folder / f"out{number}")
    found = []
    for number in range(len(texts)):
        rows = (folder / f"out{number}" / f"{number}.jsonl").read_text().splitlines()
        found.append(json.loads(rows[0])["text"] if rows else "")
    return found
