"""The documentation says what the code does."""

import re
from pathlib import Path

import click
import msgspec
import pytest

from seawall.cli.configuration import Configuration, RunSection, read_configuration
from seawall.cli.main import COMMANDS, cli
from seawall.cli.reference import pages, reference

DOCS = Path(__file__).parents[1] / "docs"
COMMANDS_PAGE = DOCS / "reference" / "commands.md"
CONFIGURATION_PAGE = DOCS / "reference" / "configuration.md"


def parameters() -> list[tuple[str, click.Option]]:
    commands = [(name, cli.get_command(click.Context(cli), name)) for name in COMMANDS]
    return [(name, one) for name, command in commands for one in command.params if isinstance(one, click.Option)]


def test_the_reference_is_what_the_commands_print():
    assert COMMANDS_PAGE.read_text() == reference(), (
        "run `python -m seawall.cli.reference > docs/reference/commands.md`"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert f"\n## seawall {name}\n" in COMMANDS_PAGE.read_text()


@pytest.mark.parametrize(("path", "text"), list(pages(cli, "seawall")), ids=lambda item: item.split("\n")[0])
def test_every_command_has_help(path, text):
    described = text.split("Options:")[0].split("\n", 1)[1].strip()
    assert described.endswith("."), f"{path} is missing its help"


@pytest.mark.parametrize(("name", "option"), parameters(), ids=lambda item: getattr(item, "name", item))
def test_every_option_has_help(name, option):
    assert option.help, f"seawall {name} --{option.name} is missing its help"


@pytest.mark.parametrize("key", [*RunSection.__struct_fields__, *Configuration.__struct_fields__])
def test_every_key_of_the_configuration_is_documented(key):
    assert re.search(rf"`(\[run\] )?{key}`|`\[{key}\]", CONFIGURATION_PAGE.read_text())


def test_the_example_configuration_holds_every_key(tmp_path):
    example = re.search(r"```toml\n(.*?)```", CONFIGURATION_PAGE.read_text(), re.DOTALL)[1]
    (tmp_path / "seawall.toml").write_text(example)
    read = msgspec.structs.asdict(read_configuration(tmp_path / "seawall.toml"))
    assert all(read.values())
    assert set(re.findall(r"^(\w+) =", example, re.MULTILINE)) == {*read, *RunSection.__struct_fields__} - {"run"}
