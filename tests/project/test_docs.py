"""The documentation says what the tool does: every command and option, real output, generated pages up to date."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest

from cleaner.cli import clean
from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")
REFERENCE = PROJECT / "docs" / "cli.md"


def commands() -> list[tuple[str, click.Command]]:
    """Return every command with its full name."""
    context = click.Context(clean)
    found: list[tuple[str, click.Command]] = []
    for name in clean.list_commands(context):
        command = clean.get_command(context, name)
        assert command is not None
        found.append((f"clean {name}", command))
        if isinstance(command, click.Group):
            found += [(f"clean {name} {child}", inner) for child, inner in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    text = REFERENCE.read_text("utf-8")
    assert f"## `{name}`" in text
    section = text.split(f"## `{name}`", 1)[1].split("\n## ", 1)[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(option in section for option in parameter.opts)
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"


IN_THE_REFERENCE = {"clean explain", "clean init", "clean completion", "clean rules try"}
"""Commands that the README, which has to stay short, leaves to docs/cli.md."""


def test_readme_names_every_command() -> None:
    for name in {name for name, _ in commands()} - IN_THE_REFERENCE:
        assert f"`{name}" in README or f"\n{name}" in README or f"$ {name}" in README, name


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tools/make_docs.py", "--check"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_readme_shows_what_is_really_printed() -> None:
    command = [sys.executable, "tools/make_readme.py", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_can_be_read_standing_up() -> None:
    assert 550 <= len(README.split()) <= 900


def test_the_table_of_rooms_names_every_room() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    rooms = {path.stem for path in (PROJECT / "cleaner").iterdir() if path.suffix in ("", ".py")}
    rooms -= {"__init__", "__main__", "__pycache__", "py"}
    assert {name for name in rooms if f"| `{name}` |" not in text} == set()


def test_no_floor_of_the_house_is_crowded() -> None:
    package = PROJECT / "cleaner"
    assert len(list(package.glob("*.py"))) <= 8
    folders = {path.parent for path in package.rglob("*.py")}
    assert {str(folder): n for folder in folders if (n := len(list(folder.glob("*.py")))) > 14} == {}


def test_changelog_lists_output_changes_first() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        assert re.search(r"^### (.*)$", section, re.M).group(1) == "Output changes"  # type: ignore[union-attr]
