"""Prints docs/reference/commands.md: the help of every command."""

from collections.abc import Iterator

import click

from seawall.cli.main import cli

WIDTH = 100
HEAD = """# Commands

The help of every command, as `seawall COMMAND --help` prints it. Written by
`python -m seawall.cli.reference > docs/reference/commands.md`.

A command that fails says why on one line of standard error, what to do about it, and exits with 2 for input that cannot
be used, 3 for what is refused, 4 for a damaged file, 5 for what is not there, 130 when it is stopped, and 1 for
everything else. With `SEAWALL_DEBUG=1` it shows the traceback.
"""


def pages(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """The name and the help of a command and of all below it."""
    context = command.make_context(
        name, [], parent, resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found:
                yield from pages(found, below, context)


def reference() -> str:
    """The whole page as Markdown."""
    parts = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in pages(cli, "seawall")]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    click.echo(reference(), nl=False)
