"""Every page there is: its address in the made-up installation, and who looks at it.

Words in braces are ids that only the making of the installation tells (`addresses`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.demo.installation import STRANGER, Installation
from tests.browser.demo.people import ADMIN, EDITOR, VIEWER

NOBODY = ""


@dataclass(frozen=True)
class Page:
    """One page in one state."""

    endpoint: str
    path: str
    who: str = EDITOR
    status: int = 200
    name: str = ""

    def __str__(self) -> str:
        said = self.name or self.path.strip("/")
        who = f" ({self.who.partition('.')[0].partition('@')[0]})" if self.who != EDITOR else ""
        return f"{said or 'home'}{who}"


PAGES = (
    Page("web.sessions.new", "/sign-in", NOBODY),
    Page("web.passwords.ask", "/password", NOBODY),
    Page("web.passwords.edit", "/password/{password_link}", NOBODY),
    Page("web.people.join_form", "/join/{invitation}", NOBODY),
    Page("web.people.join_form", "/join/{invitation}", STRANGER),
    Page("web.overview.show", "/overview"),
    Page("web.overview.show", "/overview", ADMIN),
    Page("web.overview.show", "/overview", STRANGER),
    Page("web.analytics.show", "/analytics"),
    Page("web.analytics.show", "/analytics", STRANGER),
    Page("web.jobs.index", "/jobs"),
    Page("web.jobs.index", "/jobs", VIEWER),
    Page("web.jobs.index", "/jobs", STRANGER),
    Page("web.jobs.index", "/jobs?q=nothing+is+like+this"),
    Page("web.jobs.new", "/jobs/new"),
    Page("web.jobs.show", "/jobs/{article}"),
    Page("web.jobs.show", "/jobs/{article}?view=brief"),
    Page("web.jobs.show", "/jobs/{article}?view=skeleton"),
    Page("web.jobs.show", "/jobs/{article}?view=versions"),
    Page("web.jobs.show", "/jobs/{article}?view=sign"),
    Page("web.jobs.show", "/jobs/{article}?view=searches"),
    Page("web.jobs.show", "/jobs/{article}", VIEWER),
    Page("web.jobs.show", "/jobs/{delivered}"),
    Page("web.jobs.show", "/jobs/{queued}"),
    Page("web.jobs.show", "/jobs/{writing}"),
    Page("web.jobs.show", "/jobs/{blocked}"),
    Page("web.jobs.show", "/jobs/{failed}"),
    Page("web.jobs.show", "/jobs/{canceled}"),
    Page("web.articles.edit", "/jobs/{article}/edit"),
    Page("web.batches.index", "/batches"),
    Page("web.batches.index", "/batches", STRANGER),
    Page("web.batches.show", "/batches/{running}"),
    Page("web.batches.show", "/batches/{running}?part=blocked"),
    Page("web.batches.show", "/batches/{waiting}"),
    Page("web.batches.show", "/batches/{review}", VIEWER),
    Page("web.sheets.new", "/batches/new"),
    Page("web.sheets.show", "/batches/sheets/{sheet}"),
    Page("web.sheets.show", "/batches/sheets/{sheet}?part=faulty"),
    Page("web.review.show", "/batches/{review}/review"),
    Page("web.review.item", "/batches/{review}/review/{item}"),
    Page("web.backlinks.index", "/backlinks"),
    Page("web.backlinks.index", "/backlinks", STRANGER),
    Page("web.backlinks.index", "/backlinks?search=nothing"),
    Page("web.backlinks.new", "/backlinks/new"),
    Page("web.backlinks.figures", "/backlinks/statistics"),
    Page("web.backlinks.show", "/backlinks/{deal_published}"),
    Page("web.backlinks.show", "/backlinks/{deal_lost}"),
    Page("web.backlinks.show", "/backlinks/{deal_red}"),
    Page("web.backlinks.show", "/backlinks/{deal_agreed}"),
    Page("web.backlinks.show", "/backlinks/{deal_removed}", VIEWER),
    Page("web.backlinks.edit", "/backlinks/{deal_red}/edit"),
    Page("web.placements.new", "/backlinks/import"),
    Page("web.placements.show", "/backlinks/imports/{placements}"),
    Page("web.watch.index", "/watch"),
    Page("web.watch.index", "/watch", STRANGER),
    Page("web.watch.index", "/watch?q=nothing"),
    Page("web.watch.show", "/watch/{deal_published}"),
    Page("web.watch.show", "/watch/{deal_lost}"),
    Page("web.accounts.show", "/account"),
    Page("web.accounts.show", "/account", ADMIN),
    Page("web.notifications.index", "/notifications"),
    Page("web.notifications.index", "/notifications", ADMIN),
    Page("web.notifications.index", "/notifications", VIEWER),
    Page("web.people.index", "/people", ADMIN),
    Page("web.audit.index", "/audit", ADMIN),
    Page("web.audit.index", "/audit?person=nobody-like-this", ADMIN),
    Page("web.services.show", "/services"),
    Page("web.services.show", "/services", ADMIN),
    Page("web.database.show", "/database", ADMIN),
    Page("web.database.diagram", "/database/diagram", ADMIN),
    Page("failing", "/people", status=403),
    Page("failing", "/nothing-here", status=404),
    Page("failing", "/nothing-here", NOBODY, status=404),
    Page("failing", "/failing/429", status=429),
    Page("failing", "/failing/500", status=500),
    Page("failing", "/failing/503", status=503),
)

# What is answered to a GET and is no page of its own.
PARTS = {
    "web.analytics.campaign": "a file",
    "web.analytics.export": "a file",
    "web.audit.export": "a file",
    "web.backlinks.export": "a file",
    "web.exports.download": "a file",
    "web.review.export": "a file",
    "web.assets.static": "a file",
    "web.database.diagram_style": "a style sheet",
    "web.backfills.show": "a part of the database's page",
    "web.database.check_backup": "a part of the database's page",
    "web.database.drift": "a part of the database's page",
    "web.estimates.show": "a part of the form for an order",
    "web.jobs.home": "leads to the orders",
}


def addresses(made: Installation) -> dict[str, str]:
    """Give what the words in braces stand for."""
    deals = made.links.deals
    return {
        **made.orders.jobs,
        **made.orders.batches,
        "item": made.orders.item,
        "sheet": made.sheet,
        "placements": made.placements,
        "invitation": made.team.invitation,
        "password_link": made.team.password_link,
        "deal_published": deals["villaliv.example"],
        "deal_lost": deals["energikollen.example"],
        "deal_red": deals["sparwatt.example"],
        "deal_agreed": deals["agreed"],
        "deal_removed": deals["removed"],
    }
