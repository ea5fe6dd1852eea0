from datetime import timedelta

import pytest
import sqlalchemy as sa

from bacowr.accounts import queries, service
from bacowr.accounts.models import LoginSession, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid, NotFound, Unauthenticated
from tests.plugins.application import PASSWORD, NewUser

DAY = timedelta(days=1)


@transaction
def store(*_changed: object) -> None:
    pass


def test_one_account_per_address_whatever_its_case(new_user: NewUser) -> None:
    new_user("Anna@Example.org")
    with pytest.raises(Conflict, match="already"):
        new_user("anna@example.ORG")
    assert queries.get_by_email(" ANNA@example.org ").email == "Anna@Example.org"


def test_short_password_is_refused_and_nothing_is_stored(new_user: NewUser) -> None:
    del new_user
    with pytest.raises(Invalid) as caught:
        service.create_user("a@example.org", role=Role.EDITOR, password="short")
    assert "password" in caught.value.fields
    assert not queries.has_users()


def test_sign_in_gives_a_token_that_resumes_and_ends(new_user: NewUser) -> None:
    user = new_user()
    signed_in, token = service.sign_in(user.email, PASSWORD, lasts=DAY)
    assert signed_in == user
    assert service.resume(token, lasts=DAY) == user
    service.sign_out(token)
    assert service.resume(token, lasts=DAY) is None
    service.sign_out(token)


def test_only_the_token_s_digest_is_stored(new_user: NewUser) -> None:
    _, token = service.sign_in(new_user().email, PASSWORD, lasts=DAY)
    stored = db.session.scalars(sa.select(LoginSession.token_hash)).one()
    assert token not in stored
    assert len(stored) == 64


def test_unknown_wrong_and_suspended_are_answered_alike(new_user: NewUser) -> None:
    user = new_user()
    texts = set()
    for email, password in (("x@example.org", PASSWORD), (user.email, "wrong password")):
        with pytest.raises(Unauthenticated) as caught:
            service.sign_in(email, password, lasts=DAY)
        texts.add(caught.value.message)
    user.status = UserStatus.SUSPENDED
    store()
    with pytest.raises(Unauthenticated) as caught:
        service.sign_in(user.email, PASSWORD, lasts=DAY)
    assert texts == {caught.value.message}


def test_ten_wrong_passwords_lock_the_account_for_a_while(new_user: NewUser) -> None:
    user = new_user()
    for _ in range(service.FAILURES_BEFORE_LOCK):
        with pytest.raises(Unauthenticated):
            service.sign_in(user.email, "wrong password", lasts=DAY)
    with pytest.raises(Unauthenticated):
        service.sign_in(user.email, PASSWORD, lasts=DAY)
    user.locked_until = clock.now() - timedelta(seconds=1)
    store()
    assert service.sign_in(user.email, PASSWORD, lasts=DAY)[0] == user


def test_use_prolongs_a_session_and_time_ends_it(new_user: NewUser) -> None:
    user = new_user()
    _, token = service.sign_in(user.email, PASSWORD, lasts=timedelta(hours=1))
    assert service.resume(token, lasts=DAY) == user
    session = queries.find_valid_session(token)
    assert session is not None
    assert session.expires_at > clock.now() + timedelta(hours=23)
    session.expires_at = clock.now() - timedelta(seconds=1)
    store()
    assert service.resume(token, lasts=DAY) is None
    _, fresh = service.sign_in(user.email, PASSWORD, lasts=DAY)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 1
    assert service.resume(fresh, lasts=DAY) == user


def test_a_suspended_person_s_session_and_key_stop_at_once(new_user: NewUser) -> None:
    user = new_user()
    _, token = service.sign_in(user.email, PASSWORD, lasts=DAY)
    _, key = service.issue_key(user, name="script", by=user)
    user.status = UserStatus.SUSPENDED
    store()
    assert service.resume(token, lasts=DAY) is None
    assert service.authenticate_key(key) is None


def test_key_works_until_it_is_revoked(new_user: NewUser) -> None:
    user = new_user()
    key, text = service.issue_key(user, name="script", by=user)
    assert text not in (key.key_hash, key.prefix)
    assert service.authenticate_key(text) == user
    assert service.authenticate_key(text) == user
    assert key.last_used_at is not None
    assert queries.keys_of(user) == [key]
    service.revoke_key(key, by=user)
    assert service.authenticate_key(text) is None
    assert queries.keys_of(user) == []
    with pytest.raises(Conflict):
        service.revoke_key(key, by=user)


def test_expired_foreign_and_malformed_keys_are_not_valid(new_user: NewUser) -> None:
    user = new_user()
    key, text = service.issue_key(user, name="script", by=user)
    for wrong in ("", "bcw__", "bcw_0_x", "nonsense", text[:-1], text + "x", text.upper()):
        assert service.authenticate_key(wrong) is None
    key.expires_at = clock.now() - timedelta(seconds=1)
    store()
    assert service.authenticate_key(text) is None


def test_another_person_s_key_is_not_found(new_user: NewUser) -> None:
    key, _ = service.issue_key(new_user(), name="script", by=None)
    other = new_user("other@example.org")
    with pytest.raises(NotFound):
        queries.get_key(key.id, owner=other)
    assert queries.get_key(key.id, owner=key.owner) == key


def test_a_new_password_signs_out_everywhere(new_user: NewUser) -> None:
    user = new_user()
    _, token = service.sign_in(user.email, PASSWORD, lasts=DAY)
    service.change_password(user, "another long password", by=user)
    assert service.resume(token, lasts=DAY) is None
    with pytest.raises(Unauthenticated):
        service.sign_in(user.email, PASSWORD, lasts=DAY)
    assert service.sign_in(user.email, "another long password", lasts=DAY)[0] == user


def test_every_write_leaves_an_audit_row_without_secrets(new_user: NewUser) -> None:
    user = new_user()
    key, text = service.issue_key(user, name="script", by=user)
    _, token = service.sign_in(user.email, PASSWORD, lasts=DAY)
    service.sign_out(token)
    service.revoke_key(key, by=user)
    service.change_password(user, "another long password", by=user)
    rows = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.at)).all()
    assert [row.action for row in rows] == [
        "user.create",
        "key.issue",
        "session.create",
        "session.delete",
        "key.revoke",
        "user.change_password",
    ]
    told = " ".join(f"{row.actor_label} {row.resource_id} {row.data}" for row in rows)
    assert text not in told
    assert token not in told
    assert rows[0].actor_label == "system"


def test_an_unknown_account_is_not_found(new_user: NewUser) -> None:
    del new_user
    with pytest.raises(NotFound):
        queries.get_by_email("nobody@example.org")


def test_guesses_of_one_s_own_password_are_counted(new_user: NewUser) -> None:
    user = new_user()
    for _ in range(service.FAILURES_BEFORE_LOCK):
        with pytest.raises(Invalid) as caught:
            service.change_own_password(user, "another long password", current="wrong password")
        assert "current_password" in caught.value.fields
    with pytest.raises(Invalid):
        service.change_own_password(user, "another long password", current=PASSWORD)
    user.locked_until = None
    store()
    service.change_own_password(user, "another long password", current=PASSWORD)
    assert service.sign_in(user.email, "another long password", lasts=DAY)[0] == user
