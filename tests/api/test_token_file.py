"""Machine tokens: made, read, revoked, and never kept in clear."""

import hashlib

import pytest

from seawall.api.token_file import Clients, add_token, read_tokens, revoke_token
from seawall.records.errors import BadConfiguration, Refused, UnknownVersion


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens"


def test_a_made_token_is_known_by_its_digest_alone(file):
    secret = add_token(file, "search-1", ["guard:search"])
    (line,) = read_tokens(file).tokens
    assert line.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_revoked_token_is_gone_and_the_others_stay(file):
    for name in ("a", "b"):
        add_token(file, name, ["guard:search"])
    revoke_token(file, "a")
    assert [line.name for line in read_tokens(file).tokens] == ["b"]


def test_it_refuses_a_second_token_of_one_name(file):
    add_token(file, "a", ["guard:search"])
    with pytest.raises(Refused, match="has a token 'a'"):
        add_token(file, "a", ["guard:tag"])


def test_it_refuses_to_revoke_what_is_not_there(file):
    add_token(file, "a", ["guard:search"])
    with pytest.raises(Refused, match="it has: a"):
        revoke_token(file, "b")


def test_it_refuses_a_file_that_others_can_read(file):
    add_token(file, "a", ["guard:search"])
    file.chmod(0o644)
    with pytest.raises(BadConfiguration, match="chmod 600"):
        read_tokens(file)


@pytest.mark.parametrize("text", ["", "{", '{"tokens": 1}', '{"tokens": [], "more": 1}'])
def test_it_refuses_what_is_no_token_file(file, text):
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(BadConfiguration, match="no token file"):
        read_tokens(file)


def test_it_refuses_another_version(file):
    file.write_text('{"schema_version": 9}')
    file.chmod(0o600)
    with pytest.raises(UnknownVersion):
        read_tokens(file)


def test_it_refuses_a_name_that_cannot_stand_in_a_log(file):
    with pytest.raises(BadConfiguration, match="A name has"):
        add_token(file, "two words", ["guard:search"])


def test_reading_again_forgives_nobody_what_was_spent(file):
    clients = Clients()
    add_token(file, "a", ["guard:search"], a_second=1.0)
    clients.take(read_tokens(file).tokens)
    (client,) = clients.known.values()
    while client.rate.wait(5.0) == 0:
        pass
    add_token(file, "b", ["guard:search"])
    clients.take(read_tokens(file).tokens)
    assert clients.known[client.token.digest].rate.wait(5.0) > 0
    assert len(clients.known) == 2
