"""seawall.toml: what a deployment sets once, and where its key file is."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import click
import msgspec

from seawall.intake.keyfile import load_or_make
from seawall.lake.kept_runs import is_run
from seawall.records.errors import BadConfiguration
from seawall.records.ids import IdKey

FILE = "seawall.toml"
KEY_FILE = "seawall.key"
KEY_VARIABLE = "SEAWALL_ID_KEY_FILE"


class RunSection(msgspec.Struct, frozen=True):
    """What every run takes unless its command says otherwise."""

    engine: Literal["duckdb", "spark"] = "duckdb"
    threads: Annotated[int, msgspec.Meta(ge=1)] = 2
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    lexicons: tuple[Path, ...] = ()
    hashes: tuple[Path, ...] = ()


class Configuration(msgspec.Struct, frozen=True):
    """The whole file; its paths are relative to its folder."""

    key_file: Path | None = None
    holds: Path | None = None
    run: RunSection = RunSection()
    cases: dict[str, Any] = {}
    effects: dict[str, Any] = {}
    """These two are checked where they are used: `cases/configuration.py`, `effects/configuration.py`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration and the place of the key file, as a command sees them."""

    configuration: Configuration
    key_file: Path

    def key_for_run(self, out: Path) -> IdKey:
        """The key, made where there is none; never inside a run folder."""
        inside = next(
            (folder for folder in self.key_file.resolve().parents if folder == out.resolve() or is_run(folder)), None
        )
        if inside:
            raise BadConfiguration(
                f"The id key file {self.key_file} would lie inside the run folder {inside}: whoever gets the run would "
                "get the key. Give --key-file a place outside of it."
            )
        return load_or_make(self.key_file)

    def holds(self) -> frozenset[str]:
        """The keyed ids that must stay."""
        return read_holds(self.configuration.holds) if self.configuration.holds else frozenset()

    def key(self) -> IdKey:
        """The key of earlier runs; raises BadConfiguration where there is none, for a new one would match nothing."""
        if not self.key_file.exists():
            raise BadConfiguration(
                f"There is no id key file {self.key_file}. Give the one of the run with --key-file or {KEY_VARIABLE}; "
                "the first `seawall run` makes it."
            )
        return load_or_make(self.key_file)


def read_configuration(path: Path) -> Configuration:
    """The configuration in a file; raises BadConfiguration for what it cannot be."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path} cannot be read ({error}). Give a UTF-8 file, or leave --config out.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{path} is not TOML: {error}. See docs/reference/configuration.md.") from error
    section = document.get("run")
    _know_keys(f"{path}", document, Configuration)
    _know_keys(f"[run] in {path}", section if isinstance(section, dict) else {}, RunSection)
    try:
        return msgspec.convert(document, Configuration, dec_hook=_relative_to(path.parent))
    except msgspec.ValidationError as error:
        raise BadConfiguration(f"{path}: {error}. See docs/reference/configuration.md.") from error


def read_holds(path: Path) -> frozenset[str]:
    """Keyed ids, one a line as `seawall id` prints them; what follows a `#` is a remark. Raises BadConfiguration."""
    try:
        lines = [line.partition("#")[0].strip().lower() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"The file of holds {path} cannot be read ({error}); nothing is removed.") from error
    for number, line in enumerate(lines, start=1):
        if line and not re.fullmatch("[0-9a-f]{16}", line):
            raise BadConfiguration(f"{path}, line {number}, is not 16 hex digits. Take what `seawall id` prints.")
    return frozenset(filter(None, lines))


def _know_keys(where: str, section: Iterable[str], known: type[msgspec.Struct]) -> None:
    """Refuse keys that nobody reads: a setting with a typing error must not pass in silence."""
    for key in section:
        if key in known.__struct_fields__:
            continue
        if key in Configuration.__struct_fields__:
            raise BadConfiguration(f"{where}: {key} stands above [run]. Move it to the top of the file.")
        if key in RunSection.__struct_fields__:
            raise BadConfiguration(f"{where}: {key} stands under [run]. Move it below a line `[run]`.")
        raise BadConfiguration.unknown_key(where, key, known.__struct_fields__)


def _relative_to(folder: Path) -> Callable[[type, Any], Any]:
    def decode(wanted: type, value: Any) -> Any:
        if wanted is Path and isinstance(value, str):
            return folder / Path(value).expanduser()
        raise TypeError(f"a path is text, not {type(value).__name__}")

    return decode


def find_settings(config: Path | None, key_file: Path | None) -> Settings:
    """The settings from `config`, or from seawall.toml in the current folder where there is one."""
    place = config or Path(FILE)
    configuration = read_configuration(place) if config or place.exists() else Configuration()
    return Settings(configuration, key_file or configuration.key_file or place.parent / KEY_FILE)


Result = TypeVar("Result")


def with_settings(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command `--config` and `--key-file`, and hand it what they lead to as `settings`."""
    path = click.Path(path_type=Path, dir_okay=False)

    @click.option("--config", type=path, help=f"Settings.  [default: {FILE} in the current folder]")
    @click.option(
        "--key-file",
        type=path,
        envvar=KEY_VARIABLE,
        show_envvar=True,
        help=f"The id key.  [default: {KEY_FILE} beside {FILE}, or in the current folder]",
    )
    @wraps(command)
    def settled(*arguments: Any, config: Path | None, key_file: Path | None, **options: Any) -> Result:
        return command(*arguments, settings=find_settings(config, key_file), **options)

    return settled
