"""Make the picture of the report that the README shows: the report of the sample corpus in Debian's Chromium.

Needs Chromium, and playwright from the extra `test`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent.parent
PICTURE: Final = PROJECT / "docs" / "images" / "report.png"
WIDTH, HEIGHT = 1120, 880
SHOWN: Final = "document.querySelector('#documents').scrollIntoView()"
"""The documents, the first of which is open."""


def main() -> int:
    """Clean the sample corpus, open its report, and write the picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("Chromium is not installed: apt install chromium\n")
        return 2
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        out = Path(name) / "out"
        command = [sys.executable, "-m", "cleaner", "run", "--isolated", "-q", "seeds", str(out)]
        subprocess.run(command, cwd=PROJECT, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto((out / "_clean" / "report.html").as_uri())
        page.evaluate(SHOWN)
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
