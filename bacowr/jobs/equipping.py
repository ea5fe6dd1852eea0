"""What a job is carried out with: pages, search results, and the writer that its order names."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.http import Outgoing
from bacowr.engine.order import Order
from bacowr.engine.ports import Ports, Writer
from bacowr.engine.pricing import STANDARD, PriceTable
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.providers.writers.catalog import WriterConfig, build_writer
from bacowr.engine.providers.writers.choice import FallbackWriter, choose
from bacowr.jobs.articles import checking
from bacowr.jobs.heartbeat import Context
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.money.caps import Limits
from bacowr.jobs.money.ledger import RecordedWriter
from bacowr.jobs.spending import CapScope
from bacowr.jobs.states import EventType
from bacowr.providers.connecting import find_search
from bacowr.providers.keyring import Keyring
from bacowr.providers.searches import CachedSearch
from bacowr.providers.settings import ServiceSettings
from bacowr.providers.writers import writer_configs

BRIEF_ONLY = "Only a brief was asked for."

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
        prices = STANDARD
        if settings.prices_file:
            prices = STANDARD.with_prices_of(Path(settings.prices_file))
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
            prices=prices,
        )

    def of(self, lease: Lease, context: Context) -> Ports:
        """Return the ports for one job; reads the database in sessions of its own."""
        if self.keyring is None:
            return self.ports
        with context():
            job = db.session.get_one(Job, lease.job_id)
            search = find_search(self.keyring, self.outgoing)
            writer, reason = self._writer(job.order)
            neighbors, wish = checking.neighbors_of(job), wish_of(job)
        if writer is not None:
            writer = RecordedWriter(writer, lease, context, self.caps, self.prices)
        return replace(
            self.ports,
            search=CachedSearch(search, lease.job_id, context),
            writer=writer,
            no_writer=reason,
            neighbors=neighbors,
            wish=wish,
        )

    def _writer(self, order: Order) -> tuple[Writer | None, str | None]:
        """Connect the writer that an order names, or say why there is none."""
        if order.brief_only or self.keyring is None:
            return None, BRIEF_ONLY
        configs = writer_configs(self.keyring)
        choice = choose(order.llm_provider, configs, allow_fallback=order.allow_fallback)
        built = tuple(self.build(each, self.outgoing) for each in choice.configs)
        if not built:
            return None, choice.reason
        return (built[0] if len(built) == 1 else FallbackWriter(built)), None


def wish_of(job: Job) -> str | None:
    """Return what the writer was last told to do differently, if the job was sent back."""
    select = sa.select(JobEvent).where(
        JobEvent.job_id == job.id, JobEvent.type == EventType.SENT_BACK
    )
    last = db.session.scalar(select.order_by(JobEvent.at.desc(), JobEvent.id).limit(1))
    return last.data.get("wish") if last else None
