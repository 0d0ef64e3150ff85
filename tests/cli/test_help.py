"""Every help has an example, and each of them runs; a name that is nearly right is told which one is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from cleaner.cli import clean as command
from cleaner.cli.examples import EXAMPLES
from tests.conftest import PROJECT, Result

Clean = Callable[..., Result]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its name, that of `clean` itself is empty."""
    context = click.Context(command)
    yield "", command
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield name, found
        for child, inner in found.commands.items() if isinstance(found, click.Group) else ():
            yield f"{name} {child}", inner


def test_every_help_shows_its_examples() -> None:
    found = dict(commands())
    assert found.keys() == EXAMPLES.keys()
    for name, each in found.items():
        told = each.get_help(click.Context(each, info_name=name, max_content_width=200, terminal_width=200))
        for example in EXAMPLES[name]:
            assert f"    {example}\n" in f"{told}\n", name


SERVERS = {"mcp"}
"""Commands that run until somebody ends them, and have tests of their own."""


def test_every_example_runs(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").symlink_to(PROJECT / "seeds")
    monkeypatch.chdir(tmp_path)
    done = set()
    for name, examples in EXAMPLES.items():
        for example in examples:
            if example in done or name in SERVERS:
                continue
            done.add(example)
            words = shlex.split(example.partition(" > ")[0])
            assert words[0] == "clean"
            result = clean(*words[1:])
            expected = {0, 1} if name in ("check", "diff") else {0}
            assert result.code in expected and result.out + result.err, (example, result.err)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chek"], "did you mean 'check'?"),
        (["rules", "lst"], "did you mean 'list'?"),
        (["run", "--stps", "dedup"], "--steps"),
        (["check", "{in}", "--steps", "encodin"], "did you mean 'encoding'?"),
        (["check", "{in}", "--format", "jsnl"], "did you mean 'jsonl'?"),
        (["check", "{in}", "--ignore", "encoding/mojibak"], "did you mean 'encoding/mojibake'?"),
        (["check", "{in}", "--profile", "artcle"], "did you mean 'article'?"),
        (["check", "{in}", "--output", "srif"], "did you mean 'sarif'?"),
        (["rules", "list", "--metadata", "kep"], "did you mean 'keep'?"),
        (["rules", "show", "encoding/mojibak"], "did you mean 'encoding/mojibake'?"),
        (["check", "{in}", "--config", "{in}/key.yaml"], "did you mean 'limits'?"),
        (["check", "{in}", "--config", "{in}/step.yaml"], "did you mean 'dedup'?"),
    ],
)
def test_a_name_that_is_nearly_right(words: list[str], told: str, tmp_path: Path, clean: Clean) -> None:
    (tmp_path / "key.yaml").write_text("limts: {page: 0.9}\n")
    (tmp_path / "step.yaml").write_text("steps: [dedupe]\n")
    (tmp_path / "a.txt").write_text("The ferry stays.\n")
    result = clean(*(word.replace("{in}", str(tmp_path)) for word in words))
    assert (result.code, result.out) == (2, "")
    assert told in result.err
