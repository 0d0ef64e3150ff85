"""Make the picture of a terminal that the README shows, of what commands really print on the sample corpus.

`python tools/make_terminal.py` writes `docs/images/terminal.svg`, the same bytes each time; with `--check` it writes
nothing, and the exit status is 1 when the picture is stale.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

PROJECT: Final = Path(__file__).parent.parent
PICTURE: Final = PROJECT / "docs" / "images" / "terminal.svg"
WIDTH: Final = 112
"""Columns."""
COMMANDS: Final = (
    ("clean run seeds/ out/ --isolated", 10),
    ("clean check --isolated --steps dedup seeds/en/", 3),
    ("clean diff --isolated --steps boilerplate seeds/en/07-river-front.txt", 16),
    ("clean why out/ en/04-harle-detour.txt:7", 4),
)
"""What is shown, and how many lines of it."""
CHANGING: Final = re.compile(r"^seconds: ")
"""Lines that are different each time."""


def on_a_terminal(command: str, folder: Path) -> list[str]:
    """Run a command with its output on a terminal; return the lines, in their colours."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"PYTHONPATH": str(PROJECT), "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    words = [sys.executable, "-P", "-m", "cleaner", *shlex.split(command)[1:]]
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 1 << 16):
            shown += data
    except OSError:  # the other side was closed
        pass
    os.close(ours)
    if process.wait() not in (0, 1):
        message = f"{command}: exit status {process.returncode}"
        raise RuntimeError(message)
    return shown.decode().replace("\r\n", "\n").splitlines()


def shown() -> Iterator[Text]:
    """Yield the lines of the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").symlink_to(PROJECT / "seeds")
        for command, most in COMMANDS:
            lines = [line for line in on_a_terminal(command, folder) if not CHANGING.match(line)]
            yield Text.assemble(("$ ", "bold green"), (command, "bold"))
            yield from map(Text.from_ansi, lines[:most])
            if len(lines) > most:
                yield Text("…", style="dim")
            yield Text()


def picture() -> str:
    """Return the picture; it asks for no font of other hosts."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in shown():
        console.print(line, no_wrap=True, overflow="ellipsis", crop=True, highlight=False)
    plain = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="clean", code_format=plain, unique_id="terminal")


def main() -> int:
    """Write or check the picture."""
    made = picture()
    if PICTURE.exists() and PICTURE.read_text("utf-8") == made:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stderr.write("docs/images/terminal.svg is stale: run `python tools/make_terminal.py`\n")
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
