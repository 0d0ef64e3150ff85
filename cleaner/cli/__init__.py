"""The command line: a thin shell around the package, which it imports only when a command needs it."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from encodings import aliases
from pathlib import Path
from typing import Any, NoReturn

import click

from cleaner.cli.examples import epilog
from cleaner.engines.memory import collect_rarely
from cleaner.errors import CleanerError, InterruptedRunError, LimitError, UsageError

DEFAULT_CONFIG = Path("clean.yaml")
EXIT_FINDINGS, EXIT_USAGE, EXIT_QUARANTINE, EXIT_LIMIT, EXIT_MACHINE, EXIT_INTERRUPTED = 1, 2, 3, 4, 5, 130


_COMMANDS = {
    "run": "corpus",
    "check": "check",
    "diff": "diff",
    "why": "audit",
    "report": "audit",
    "verify": "audit",
    "restore": "audit",
    "dedup": "corpus",
    "rules": "rules",
    "explain": "explain",
    "init": "init",
    "completion": "completion",
    "mcp": "mcp",
}
"""Every command, and the module here that holds it."""


class Named(click.Group):
    """Commands by name; what is called otherwise is told which one may be meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a name, or say which one is like it."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            from cleaner.rules.faults import did_you_mean

            known = self.list_commands(ctx)
            message = f"there is no command {name!r}: {', '.join(known)}{did_you_mean(name, known)}"
            ctx.fail(message)
        return super().resolve_command(ctx, args)


class _Commands(Named):
    """Commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command, and put its examples in its help."""
        from importlib import import_module

        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"cleaner.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        command.epilog = epilog(cmd_name)
        if isinstance(command, click.Group):
            for name, child in command.commands.items():
                child.epilog = epilog(f"{cmd_name} {name}")
        return command


_EXITS = """

\b
Exit status:
  0    done
  1    findings (check, diff, verify, rules test, rules validate); restore: something differs
  2    usage, configuration or rule error: nothing was written
  3    finished, but some input was quarantined
  4    a limit tripped: the corpus was not published
  5    the machine refused something (space, memory, a permission, a closed pipe): nothing is lost
  130  interrupted, also by SIGTERM and SIGHUP: --resume continues
"""


@click.command(
    epilog=epilog("") + _EXITS,
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="cleaner", prog_name="clean")
def clean() -> None:
    """Turn scraped, half-broken text into a clean corpus, and account for every character."""


def main() -> None:
    """Run the command line; every error of ours, and of the machine, becomes a message and its exit code."""
    collect_rarely()
    try:
        _main()
    except KeyboardInterrupt:  # before the command began, or when it had ended
        _interrupted()
    except Exception as error:
        if not _was_interrupted(error):
            raise
        _interrupted()


def _main() -> None:
    with _streams(), _signals(), _threads():
        try:
            try:
                clean.main(standalone_mode=False)
            finally:
                sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _interrupted()
        except CleanerError as error:
            _say(f"clean: {error}")
            sys.exit(exit_code(error))
        except (BrokenPipeError, _ReaderGoneError):
            sys.exit(EXIT_MACHINE)  # the reader closed the pipe: it wants no more, and no message
        except (OSError, MemoryError) as error:
            if _was_interrupted(error):
                _interrupted()
            _say(f"clean: {machine_fault(error)}")
            sys.exit(EXIT_MACHINE)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            _say(f"clean: {machine_fault(MemoryError())}")
            sys.exit(EXIT_MACHINE)


def _interrupted() -> NoReturn:
    """Say that the command was interrupted, and leave."""
    _say("interrupted; `clean run ... --resume` continues")
    sys.exit(EXIT_INTERRUPTED)


def _was_interrupted(error: BaseException) -> bool:
    """Tell whether an error happened while an interruption was on its way out, in tidying up."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def exit_code(error: CleanerError) -> int:
    """Return the exit code of an error.

    >>> exit_code(UsageError("no such file"))
    2
    """
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return code
    return EXIT_FINDINGS


_CODES: dict[type[CleanerError], int] = {
    LimitError: EXIT_LIMIT,
    InterruptedRunError: EXIT_INTERRUPTED,
    UsageError: EXIT_USAGE,
}


def machine_fault(error: OSError | MemoryError) -> str:
    """Say in one line what the machine refused, where, and what to do.

    >>> machine_fault(OSError(28, "No space left on device", "out/a.txt"))
    'out/a.txt: No space left on device: make room, then the same command with --resume goes on'
    """
    if isinstance(error, MemoryError):
        return f"out of memory: {_HINTS[errno.ENOMEM]}"
    where = f"{printable(str(error.filename))}: " if error.filename is not None else ""
    hint = _HINTS.get(error.errno or 0, "")
    what = (error.strerror or str(error)).partition("\n")[0]
    return f"{where}{what}{': ' if hint else ''}{hint}"


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error that is no MemoryError stands for one: a library, or a thread, that finds no room.

    >>> is_out_of_memory(RuntimeError("can't start new thread")), is_out_of_memory(RuntimeError("a bug"))
    (True, False)
    """
    told = str(error).lower()
    if isinstance(error, LookupError) and told.startswith("unknown encoding: "):
        return told.rpartition(" ")[2] in aliases.aliases.values()  # its library found no room
    return any(words in told for words in _NO_ROOM)


_NO_ROOM = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
    "unable to allocate",
    "not enough memory",
)
"""Words of the loader of libraries, of Python and of libraries for want of memory."""
_HINTS = {
    errno.ENOSPC: "make room, then the same command with --resume goes on",
    errno.EDQUOT: "make room, then the same command with --resume goes on",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), then --resume goes on",
    errno.EROFS: "choose an output that can be written",
    errno.EACCES: "choose a place where you may read and write",
    errno.EPERM: "choose a place where you may read and write",
    errno.EMFILE: "raise the limit on open files (ulimit -n), then --resume goes on",
    errno.ENOMEM: "fewer --jobs and a lower limits.document_bytes need less; --resume goes on",
}
"""What to do about what a machine refuses."""


def printable(text: str) -> str:
    r"""Make text harmless to a terminal: control characters, and what reorders text, are shown as escapes.

    >>> printable("a\x1b[31mb\n")
    'a\\x1b[31mb\\n'
    """
    return "".join(
        ch if ch.isprintable() or ch == " " else ch.encode("unicode_escape").decode() for ch in text
    )


def _say(message: str) -> None:
    """Print a message of several lines at most; nothing when it cannot be printed."""
    with suppress(OSError):
        click.echo("\n".join(map(printable, message.split("\n"))), err=True)


class _ReaderGoneError(Exception):
    """Nobody reads standard output any more. No OSError: click would end the process with the status for findings."""


class _StandardOutput(io.FileIO):
    """Standard output, which says so when it does not take what is written."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise _ReaderGoneError from None
        except OSError as error:
            error.filename = "standard output"
            raise


@contextmanager
def _streams() -> Iterator[None]:
    """Make standard output one that takes every text, and that fails where it was closed, or cannot take any more."""
    before = sys.stdout
    if before is None or type(before) is io.TextIOWrapper:
        number = os.open(os.devnull, os.O_RDONLY) if before is None else before.fileno()
        raw = _StandardOutput(number, "w", closefd=False)
        encoding = before.encoding if before else "utf-8"
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=raw.isatty()
        )
    try:
        yield
    finally:
        with suppress(OSError, _ReaderGoneError):
            sys.stdout.flush()
        sys.stdout = before if before is not None else io.StringIO()


@contextmanager
def _threads() -> Iterator[None]:
    """Say nothing about a thread that ended for want of memory: the main one says it."""
    before = threading.excepthook

    def ended(thread: Any) -> None:
        error = thread.exc_value
        if not (isinstance(error, MemoryError) or (error and is_out_of_memory(error))):
            before(thread)

    threading.excepthook = ended
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def _signals() -> Iterator[None]:
    """Let what ends a process end it as Ctrl-C does: workers end with it, and nothing temporary is left."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            with suppress(ValueError):  # only the main thread may
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
