import subprocess
import sys


def test_passwords_are_hashed_with_the_work_that_owasp_recommends() -> None:
    # In a process of its own: this one hashes with the least work.
    program = "from bacowr.accounts import passwords; print(passwords.hash_password('12345678'))"
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
