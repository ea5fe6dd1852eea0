"""A made-up installation with something to see on every page; also what the screenshots show.

All sites and people are under `.example`. Nothing is fetched, and no model is asked.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from flask import Flask

from bacowr.accounts import service as accounts
from bacowr.accounts import webhooks
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.backlinks import bringing
from bacowr.base.db import db
from bacowr.batches import importing
from bacowr.notifications import spreading
from bacowr.notifications.events import Event
from bacowr.notifications.postroom import Postroom
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Opened, Where
from config import Settings
from tests.browser.demo import links, orders, people
from tests.browser.demo.links import Links
from tests.browser.demo.orders import Orders
from tests.browser.demo.people import Team
from tests.plugins.application import PASSWORD
from tests.plugins.canned_writer import CannedWriter

STRANGER = "new@alone.example"
SHEET = """publisher\ttarget_url\tanchor_text\tdeal
villaliv.example\thttps://varmebutiken.example/guider/luftvarmepump\tjämföra värmepumpar\tpaid
energikollen.example\tvarmebutiken.example/guider/luftvarmepump\tguide till luftvärmepump\tpaid
energikollen.example\tvarmebutiken.example/guider/luftvarmepump\tguide till luftvärmepump\tpaid
bostadsnytt.example\thttps://varmebutiken.example/guider/elavtal\tvälja elavtal\teditorial
hemfixarna.example\thttps://varmebutiken.example/guider/bergvarme\tklicka här\tpaid
https://\tnot an address\t\tsometimes
sparwatt.example\thttps://varmebutiken.example/guider/bergvarme\tbergvärme eller luft\tpaid
"""


PLACEMENTS = """published_url,target_url,anchor_text,deal,rel,price,currency,expires
https://gardsliv.example/pump,https://shop.example/a,heat pumps,paid,sponsored,1200,SEK,2027-03-01
https://vardag.example/varme,https://shop.example/a,warm house,paid,follow,900,SEK,2027-04-01
https://hemkoll.example/el,not an address,read this,paid,nofollow,800,SEK,someday
https://villaliv.example/old,https://shop.example/b,our guide,paid,sponsored,1500,SEK,
"""


@dataclass(frozen=True)
class Installation:
    """The application, and what is to be seen where."""

    app: Flask
    team: Team
    orders: Orders
    links: Links
    sheet: str
    placements: str


def application(settings: Settings) -> Flask:
    """Make the application with a writer that needs no network."""
    app = create_app(settings)
    plain = app.extensions["equipment"]
    key = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, "sk-ant-0123456789")
    app.extensions["equipment"] = dataclasses.replace(
        plain,
        keyring=dataclasses.replace(plain.keyring, environment={Provider.ANTHROPIC: key}),
        build=lambda _config, _outgoing: CannedWriter("anthropic", "claude-sonnet-4-5"),
    )
    return app


def furnish(app: Flask) -> Installation:
    """Fill a migrated, empty database."""
    with app.app_context():
        team = people.gather()
        accounts.create_user(STRANGER, role=Role.EDITOR, password=PASSWORD)
        placed = orders.place(app, team.editor)
        laid = links.lay(team.editor, placed.job_of_deal)
        brought, _ = bringing.bring(PLACEMENTS, "Placements 2025.csv", owner=team.editor)
        _tell(team.editor)
        made = Installation(app, team, placed, laid, _sheet(app, team.editor), brought.id)
        db.session.remove()
    return made


def _tell(owner: User) -> None:
    """Have a webhook told of what happened; nothing is sent."""
    url = "https://hooks.linkdesk.example/bacowr"
    webhooks._create({"url": url, "description": "Team chat", "events": [*Event]}, owner, "sealed")
    while spreading.spread(Postroom(secret_key="a made-up key of the installation"), frozenset):
        pass


def _sheet(app: Flask, owner: User) -> str:
    run, _ = importing.bring(SHEET, "Week 48.tsv", owner=owner)
    importing.look(run, owner=owner, equipment=app.extensions["equipment"])
    return run.id
