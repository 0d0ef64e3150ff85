"""The command line: a thin shell around the package, which it imports only when a command needs it."""

from __future__ import annotations

import sys

import click

from cleaner.errors import CleanerError, InterruptedRunError, LimitError, UsageError

EXIT_FINDINGS, EXIT_USAGE, EXIT_QUARANTINE, EXIT_LIMIT, EXIT_INTERRUPTED = 1, 2, 3, 4, 130


_COMMANDS = {
    "run": "corpus",
    "check": "corpus",
    "diff": "corpus",
    "why": "audit",
    "report": "audit",
    "verify": "audit",
    "restore": "audit",
    "dedup": "corpus",
    "rules": "rules",
}
"""Every command, and the module here that holds it."""


class _Commands(click.Group):
    """Commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        from importlib import import_module

        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"cleaner.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.command(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="cleaner", prog_name="clean")
def clean() -> None:
    """Turn scraped, half-broken text into a clean corpus, and account for every character."""


def main() -> None:
    """Run the command line; every error of ours becomes a message and its exit code."""
    try:
        clean.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; `clean run ... --resume` continues", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except CleanerError as error:
        click.echo(f"clean: {error}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader closed the pipe: nothing more can be printed
        sys.exit(EXIT_FINDINGS)


def exit_code(error: CleanerError) -> int:
    """Return the exit code of an error.

    >>> exit_code(UsageError("no such file"))
    2
    """
    if isinstance(error, LimitError):
        return EXIT_LIMIT
    if isinstance(error, InterruptedRunError):
        return EXIT_INTERRUPTED
    return EXIT_USAGE if isinstance(error, UsageError) else EXIT_FINDINGS
