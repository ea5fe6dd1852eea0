import subprocess
import sys

import bcrypt
import pytest

from bacowr.accounts import passwords


def test_passwords_are_hashed_with_the_work_that_owasp_recommends() -> None:
    # In a process of its own: this one hashes with the least work.
    program = "from bacowr.accounts import passwords; print(passwords.hash_password('12345678'))"
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_of_the_older_bacowr_is_right() -> None:
    kept = bcrypt.hashpw(("å" * 40).encode()[:72], bcrypt.gensalt(4)).decode()
    assert passwords.is_right("å" * 40, kept)
    assert passwords.is_right("å" * 36, kept), "The older BACOWR read 72 bytes and no more."
    assert not passwords.is_right("å" * 35, kept)
    assert passwords.needs_rehash(kept)
    assert passwords.is_hash(kept)


@pytest.mark.parametrize("text", ["", "plain", "$2b$04$short", "$2b$99$" + "a" * 60])
def test_what_is_no_hash_fits_no_password(text: str) -> None:
    assert not passwords.is_hash(text)
    assert not passwords.is_right("plain", text)
