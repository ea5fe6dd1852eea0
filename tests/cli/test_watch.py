"""`flask watch`: run what is due, list what is known, look at one link now."""

from __future__ import annotations

import dataclasses
import json

from flask import Flask

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink, Rel
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base.db import transaction
from bacowr.base.http import Outgoing
from bacowr.watch import sweeping
from tests.plugins.application import NewUser
from tests.plugins.watched_site import ANCHOR, Site, site

__all__ = ["site"]

OWNER = "owner@example.org"


@transaction
def publish(site: Site, owner: User) -> Backlink:
    values = {
        "publisher_domain": "127.0.0.1",
        "publisher_url": site.put("/page", site.article(site.link("rel=nofollow"))),
        "target_url": site.url("/target"),
        "anchor_text": ANCHOR,
        "agreed_rel": Rel.FOLLOW,
        "placement": Placement.PUBLISHED,
        "match_key": "1",
    }
    return backlinks.add(values, owner=owner, by=EventType.CREATED)


def test_a_link_is_run_listed_and_checked(app: Flask, new_user: NewUser, site: Site) -> None:
    app.extensions["equipment"] = dataclasses.replace(
        app.extensions["equipment"], outgoing=Outgoing(frozenset({site.host}))
    )
    deal, runner = publish(site, new_user(OWNER)), app.test_cli_runner()

    run = runner.invoke(args=["watch", "run", "--once", "--json"])
    assert [each["verdict"] for each in json.loads(run.stdout)] == ["wrong_rel"]
    listed = ["watch", "list", "--owner", OWNER, "--status"]
    assert "wrong_rel" in runner.invoke(args=[*listed, "suspect"]).stdout
    assert json.loads(runner.invoke(args=[*listed, "ok", "--json"]).stdout) == []
    checked = runner.invoke(args=["watch", "check", deal.id, "--owner", OWNER])
    assert checked.stdout.startswith("wrong_rel")
    assert "1 checked." in run.stderr


def test_a_link_of_others_is_not_found(app: Flask, new_user: NewUser, site: Site) -> None:
    deal = publish(site, new_user(OWNER))
    new_user("else@example.org")

    found = app.test_cli_runner().invoke(
        args=["watch", "check", deal.id, "--owner", "else@example.org"]
    )

    assert found.exit_code != 0
    assert "No such link" in found.stderr


def test_a_link_is_paused_and_resumed(app: Flask, new_user: NewUser, site: Site) -> None:
    deal, runner = publish(site, new_user(OWNER)), app.test_cli_runner()
    sweeping.sweep()
    assert runner.invoke(args=["watch", "pause", deal.id, "--owner", OWNER]).exit_code == 0
    listed = runner.invoke(args=["watch", "list", "--json", "--owner", OWNER])
    assert json.loads(listed.stdout)[0]["paused_at"] is not None
    checked = runner.invoke(args=["watch", "check", deal.id, "--owner", OWNER])
    assert checked.exit_code == 1
    assert "paused" in checked.stderr
    assert runner.invoke(args=["watch", "resume", deal.id, "--owner", OWNER]).exit_code == 0
