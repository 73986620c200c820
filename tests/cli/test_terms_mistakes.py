"""What a newcomer mistypes at `seawall terms`: one message each, and nothing signed."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "ada.pem"
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture
def list_of_two(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("term,severity\nvelkor,3\nmuntrasp,1\n")
    return path


def test_signing_where_no_term_waits_signs_nothing(seawall, key, tmp_path):
    result = seawall("terms", "approve", "slip.json", "--sign", key, "--person", "ada", "--store", "typo")
    assert result.exit_code == 2
    assert "No term waits in typo" in result.stderr
    assert not (tmp_path / "slip.json").exists()


def test_a_slip_of_an_earlier_version_is_not_signed_again(seawall, key, list_of_two):
    seawall("terms", "import", list_of_two, "--by", "cyn")
    assert seawall("terms", "approve", "slip.json", "--sign", key, "--person", "ada").exit_code == 0
    seawall("terms", "retire", "velkor", "--by", "cyn")
    result = seawall("terms", "approve", "slip.json", "--sign", key, "--person", "ada")
    assert result.exit_code == 2
    assert "slip.json is for version 1; lexicon has version 2" in result.stderr


def test_terms_are_listed_by_the_status_that_the_list_shows(seawall, list_of_two):
    seawall("terms", "import", list_of_two, "--by", "cyn")
    result = seawall("terms", "list", "--status", "proposed")
    assert result.exit_code == 0
    assert result.stdout.count("\tproposed\t") == 2


def test_a_table_without_texts_names_its_columns(seawall, list_of_two, tmp_path):
    pq.write_table(pa.table({"role": ["x"]}), tmp_path / "truth.parquet")
    result = seawall("terms", "scan", "truth.parquet", "--lexicon", list_of_two)
    assert result.exit_code == 2
    assert "has no column text; it has role" in result.stderr


def test_everyday_words_need_their_language(seawall, list_of_two):
    result = seawall("terms", "check", "--lexicon", list_of_two, "--words", "everyday.txt")
    assert result.exit_code == 2
    assert "as en=everyday.txt" in result.stderr
