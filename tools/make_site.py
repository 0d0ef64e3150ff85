"""Build the documentation site: `make site`, then open `site/index.html`, from disk or from any server.

The pages are those of `docs/`, and with them CONTRIBUTING.md, CHANGELOG.md and SECURITY.md, copied into one folder; the
rest is in `mkdocs.yml`. A warning of zensical, or a page that is not in the navigation, ends the build with 1.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
STAGED = PROJECT / "build" / "docs"
"""The folder of pages that zensical reads."""
SITE = PROJECT / "site"
BESIDE = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
"""Pages that lie beside `docs/`."""
SHIM = "https://unpkg.com/iframe-worker/shim"
"""What the plugin `offline` would fetch to search a page from disk; `tools/disk_worker.js` takes its place."""
STYLE = ".md-typeset td code { overflow-wrap: normal; word-break: normal; }\n"
"""Names in tables are not broken in two."""
ARROW = re.compile(r"^ *(\w+)(?:\[\(.*?\)\])? -->(?:\|\"?(.*?)\"?\|)? (\w+)(?:\[\((.*?)\)\])?$", re.M)
"""An arrow of a picture in the language of Mermaid: from, why, to, and what is written there."""


def staged(page: str, *, beside: bool = False) -> str:
    """Return a page with its links as they are in the one folder; pages beside `docs/` lose the name of the folder.

    >>> staged("[a](../CHANGELOG.md) [b](cli.md#c)"), staged("[c](docs/cli.md#x)", beside=True)
    ('[a](changelog.md) [b](cli.md#c)', '[c](cli.md#x)')
    """
    if beside:
        page = page.replace("](docs/", "](")
    for name in BESIDE:
        page = re.sub(rf"\]\((?:\.\./)?{re.escape(name)}", f"]({name.lower()}", page)
    return re.sub(r"^```mermaid\n(.*?)^```$", lambda found: as_table(found[1]), page, flags=re.M | re.S)


def as_table(picture: str) -> str:
    r"""Return a picture as a table of its arrows: to draw it, a page would have to fetch a program.

    >>> print(as_table("flowchart LR\n    a[(file)] -->|read| b\n    a --> c"))
    | from | to | |
    |---|---|---|
    | `a` | `b`, `c` | read |
    """
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for start, why, end, shown in ARROW.findall(picture):
        ends, reasons = rows.setdefault(start, ([], []))
        ends.append(shown or f"`{end}`")
        reasons += [why] if why else []
    lines = (f"| `{start}` | {', '.join(ends)} | {'; '.join(why)} |" for start, (ends, why) in rows.items())
    return "\n".join(("| from | to | |", "|---|---|---|", *lines))


def unlisted(navigation: str) -> list[str]:
    """Return the pages that the navigation does not name, and the names in it that are no page."""
    named = set(re.findall(r"[\w-]+\.md", navigation))
    there = {path.name for path in STAGED.glob("*.md")}
    return sorted(named ^ there)


def main() -> int:
    """Stage the pages and build the site."""
    shutil.rmtree(STAGED, ignore_errors=True)
    shutil.copytree(PROJECT / "docs", STAGED)
    for path in STAGED.glob("*.md"):
        path.write_text(staged(path.read_text("utf-8")), "utf-8")
    for name in BESIDE:
        text = (PROJECT / name).read_text("utf-8")
        (STAGED / name.lower()).write_text(staged(text, beside=True), "utf-8")
    (STAGED / "site.css").write_text(STYLE, "utf-8")
    if odd := unlisted((PROJECT / "mkdocs.yml").read_text("utf-8")):
        sys.stderr.write(f"mkdocs.yml: pages and navigation differ: {', '.join(odd)}\n")
        return 1
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
    if code := subprocess.run(command, cwd=PROJECT, check=False).returncode:
        return code
    shutil.copy(PROJECT / "tools" / "disk_worker.js", SITE)
    for path in SITE.glob("*.html"):
        path.write_text(path.read_text("utf-8").replace(SHIM, "./disk_worker.js"), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
