"""The documentation says what the code does."""

import re
from pathlib import Path

import click
import msgspec
import pytest

from seawall.cases.configuration import CasesSection, read_cases_section
from seawall.cli.configuration import Configuration, RunSection, read_configuration
from seawall.cli.main import COMMANDS, cli
from seawall.cli.reference import pages, reference
from seawall.effects.configuration import read_effects
from seawall.records.activity import TABLES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
COMMANDS_PAGE = DOCS / "reference" / "commands.md"
CONFIGURATION_PAGE = DOCS / "reference" / "configuration.md"
ACTIVITY_PAGE = DOCS / "reference" / "activity.md"


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
    top, cases = example.split("[cases]\n")
    sections = {"run", "cases", "effects"}
    assert set(re.findall(r"^(\w+) =", top, re.MULTILINE)) == {*read, *RunSection.__struct_fields__} - sections
    keys = re.findall(r"^(\w+) =", cases.split("\n[")[0], re.MULTILINE)
    assert tuple(keys) == CasesSection.__struct_fields__
    assert read_cases_section(tmp_path / "seawall.toml") == CasesSection()
    assert read_effects(tmp_path / "seawall.toml").sinks["platform"].type == "webhook"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_the_contract_is_documented(name):
    row = next(line for line in ACTIVITY_PAGE.read_text().splitlines() if line.startswith(f"| {name} |"))
    documented = [column.rstrip("?[]") for column in re.findall(r"`([^`]+)`", row.split("|")[2])]
    assert documented == [column.name for column in TABLES[name].columns]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_or_heading(page):
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text()):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{page.name} links to {target}, which is not there"
        assert not anchor or anchor in headings(file), f"{page.name} links to {target}#{anchor}, which is no heading"


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges spell them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
