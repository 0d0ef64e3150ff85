"""`clean completion`: the script with which a shell completes commands, options, rules, steps and documents."""

from __future__ import annotations

from typing import Final

import click

PROGRAM: Final = "clean"
VARIABLE: Final = "_CLEAN_COMPLETE"
SHELLS: Final = ("bash", "zsh", "fish")


@click.command(short_help="Print the script by which a shell completes `clean`.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    r"""Print the script with which SHELL completes commands, options, rules, steps, formats and documents.

    \b
    eval "$(clean completion bash)"     in ~/.bashrc
    eval "$(clean completion zsh)"      in ~/.zshrc
    clean completion fish | source      in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from cleaner.cli import clean

    kind = get_completion_class(shell)
    if kind is None:
        message = f"click knows no completion for {shell}"
        raise click.UsageError(message)
    click.echo(kind.source_template % kind(clean, {}, PROGRAM, VARIABLE).source_vars())
