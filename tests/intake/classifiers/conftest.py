"""The local server of the exchange tests serves these tests too."""

import importlib.util
from pathlib import Path

_PATH = Path(__file__).parents[1] / "exchanges" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("exchange_fixtures", _PATH)
_FIXTURES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_FIXTURES)
exchange, waits, session = _FIXTURES.exchange, _FIXTURES.waits, _FIXTURES.session
