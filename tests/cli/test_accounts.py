from flask import Flask

from bacowr.accounts import passwords, queries, service
from bacowr.accounts.permissions import Role


def run(app: Flask, *words: str, password: str = "") -> tuple[int, str, str]:
    env = {"BACOWR_PASSWORD": password} if password else {}
    result = app.test_cli_runner().invoke(args=["accounts", *words], env=env)
    return result.exit_code, result.stdout, result.stderr


def test_create_user_prints_a_random_password_once(app: Flask) -> None:
    code, out, _ = run(app, "create-user", "a@example.org", "--role", "admin")
    assert code == 0
    password = out.strip().split()[-1]
    user = queries.get_by_email("a@example.org")
    assert user.role is Role.ADMIN
    assert passwords.is_right(password, user.password_hash)


def test_a_given_password_is_not_printed(app: Flask) -> None:
    code, out, err = run(app, "create-user", "a@example.org", password="given and long enough")
    assert code == 0
    assert "given" not in out + err


def test_bad_input_is_told_and_nothing_is_stored(app: Flask) -> None:
    code, _, err = run(app, "create-user", "not an address")
    assert code == 1
    assert "email: Not a valid email address." in err
    assert run(app, "create-user", "a@example.org", password="short")[0] == 1
    assert not queries.has_users()


def test_create_key_prints_the_key_alone_on_standard_output(app: Flask) -> None:
    run(app, "create-user", "a@example.org")
    code, out, err = run(app, "create-key", "a@example.org")
    assert code == 0
    assert service.authenticate_key(out.strip()) == queries.get_by_email("a@example.org")
    assert "once" in err


def test_create_key_for_nobody_says_so(app: Flask) -> None:
    code, out, err = run(app, "create-key", "nobody@example.org")
    assert (code, out) == (1, "")
    assert "no account" in err


def test_set_password_replaces_the_old_one(app: Flask) -> None:
    run(app, "create-user", "a@example.org")
    code, out, _ = run(app, "set-password", "a@example.org")
    assert code == 0
    user = queries.get_by_email("a@example.org")
    assert passwords.is_right(out.strip().split()[-1], user.password_hash)
    assert run(app, "set-password", "a@example.org", password="given, long enough")[1] == ""


def test_people_join_a_team_and_their_quota_is_set(app: Flask) -> None:
    run(app, "create-user", "boss@example.org", "--role", "admin")
    run(app, "create-user", "a@example.org")
    code, out, _ = run(app, "invite", "boss@example.org", "new@example.org", "--role", "viewer")
    assert code == 0
    assert out.startswith("new@example.org\t/join/")
    assert run(app, "take-in", "boss@example.org", "a@example.org")[0] == 0
    boss, person = map(queries.get_by_email, ("boss@example.org", "a@example.org"))
    assert person.team_id == boss.team_id
    assert run(app, "take-in", "boss@example.org", "a@example.org")[0] == 1
    code, out, _ = run(app, "quota", "a@example.org", "--jobs", "7", "--reset")
    assert code == 0
    assert out.splitlines() == ["jobs\t0\t7", "tokens\t0\t1000000"]
