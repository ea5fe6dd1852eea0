"""What a job is carried out with: pages, search results, and the writer that its order names."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.base.http import Outgoing
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Ports, Writer
from bacowr.engine.pricing import STANDARD, PriceTable, price_of
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.providers.writers.catalog import WriterConfig, build_writer
from bacowr.engine.providers.writers.choice import Choice, FallbackWriter, choose
from bacowr.jobs.articles import checking
from bacowr.jobs.heartbeat import Context
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.money import holding, prices
from bacowr.jobs.money.caps import Limits
from bacowr.jobs.money.ledger import NO_PRICE, RecordedWriter
from bacowr.jobs.spending import CapScope
from bacowr.jobs.states import EventType
from bacowr.providers.connecting import find_search
from bacowr.providers.keyring import Keyring
from bacowr.providers.searches import CachedSearch
from bacowr.providers.settings import ServiceSettings
from bacowr.providers.writers import writer_configs

BRIEF_ONLY = "Only a brief was asked for."


class Chosen(NamedTuple):
    """Who writes, and the prices that hold for them."""

    choice: Choice
    prices: PriceTable


class Paid(NamedTuple):
    """The writer of an order, or why there is none, and the prices that hold."""

    writer: Writer | None
    reason: str | None
    prices: PriceTable


Build = Callable[[WriterConfig, Outgoing], Writer]


@dataclass(frozen=True)
class Equipment:
    """What the jobs of this installation are carried out with.

    `ports` reach the pages; the services are connected anew for every job, so that a key that was
    entered a moment ago counts. `build` makes a writer of what was set up for a service.
    """

    ports: Ports
    keyring: Keyring | None = None
    outgoing: Outgoing = field(default_factory=Outgoing)
    caps: Limits = field(default_factory=dict)
    prices: PriceTable = STANDARD
    build: Build = build_writer

    @classmethod
    def of_installation(
        cls, settings: ServiceSettings, *, secret_key: str, allow_hosts: frozenset[str]
    ) -> "Equipment":
        """Connect to the world as an installation is set up to.

        Raise ValueError when the operator's price table can't be read.
        """
        outgoing = Outgoing(allow_hosts)
        table = STANDARD
        if settings.prices_file:
            table = STANDARD.with_prices_of(Path(settings.prices_file))
        return cls(
            ports=installed_ports(outgoing, clock.now),
            keyring=Keyring.of(settings, secret_key=secret_key, allow_hosts=allow_hosts),
            outgoing=outgoing,
            caps={
                CapScope.ORDER: settings.cap_order_usd,
                CapScope.BATCH: settings.cap_batch_usd,
                CapScope.DAY: settings.cap_day_usd,
                CapScope.MONTH: settings.cap_month_usd,
            },
            prices=table,
        )

    @property
    def keys(self) -> Keyring:
        """Give the keyring; raise Conflict for an installation that was made without one."""
        if self.keyring is None:
            raise Conflict("This installation has no keyring.")
        return self.keyring

    def of_team(self, team_id: str | None) -> "Equipment":
        """Give what a team's orders are carried out with; None for who has no team."""
        if self.keyring is None:
            return self
        return replace(self, keyring=self.keyring.of_team(team_id))

    def of(self, lease: Lease, context: Context) -> Ports:
        """Return the ports for one job; reads the database in sessions of its own."""
        if self.keyring is None:
            return self.ports
        with context():
            job = db.session.get_one(Job, lease.job_id)
            team_id = job.owner.team_id
            found = find_search(self.of_team(team_id).keys, self.outgoing)
            writer, reason, table = self.writer_of(job)
            neighbors, wish = checking.neighbors_of(job), wish_of(job)
        if writer is not None:
            writer = RecordedWriter(writer, lease, context, self.caps, table)
        return replace(
            self.ports,
            search=CachedSearch(found.search, lease.job_id, context, team_id, found.payer),
            writer=writer,
            no_writer=reason,
            neighbors=neighbors,
            wish=wish,
        )

    def chosen(self, wanted: LlmProvider, *, allow_fallback: bool) -> Chosen:
        """Choose who writes, at which prices; reads the database.

        While a cap holds, nobody writes whose price isn't known: their calls could not be held
        against it.
        """
        configs = writer_configs(self.keys)
        table = prices.known(self.prices, configs) if configs else self.prices
        choice = choose(wanted, configs, allow_fallback=allow_fallback)
        priced = tuple(
            each for each in choice.configs if price_of(each.provider, each.model_name, table)
        )
        team_id = self.keys.team_id
        if len(priced) < len(choice.configs) and holding.is_capped(self.caps, team_id):
            reason = None if priced else NO_PRICE.format(model=choice.configs[0].model_name)
            choice = Choice(priced, reason)
        return Chosen(choice, table)

    def writer_of(self, job: Job) -> Paid:
        """Connect the writer that a job's order names, or say why there is none."""
        order = job.order
        if order.brief_only or self.keyring is None:
            return Paid(None, BRIEF_ONLY, self.prices)
        own = self.of_team(job.owner.team_id)
        choice, table = own.chosen(order.llm_provider, allow_fallback=order.allow_fallback)
        built = tuple(self.build(each, self.outgoing) for each in choice.configs)
        if not built:
            return Paid(None, choice.reason, table)
        return Paid(built[0] if len(built) == 1 else FallbackWriter(built), None, table)


def wish_of(job: Job) -> str | None:
    """Return what the writer was last told to do differently, if the job was sent back."""
    select = sa.select(JobEvent).where(
        JobEvent.job_id == job.id, JobEvent.type == EventType.SENT_BACK
    )
    last = db.session.scalar(select.order_by(JobEvent.at.desc(), JobEvent.id).limit(1))
    return last.data.get("wish") if last else None
