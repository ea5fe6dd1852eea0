"""What models cost: the price table, and what an admin has said of models that it doesn't know."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.engine.order import LlmProvider
from bacowr.engine.pricing import Price, PriceTable, price_of
from bacowr.engine.providers.writers.catalog import WriterConfig
from bacowr.jobs.spending import ModelPrice

HIGHEST_USD = 10_000.0
LONGEST_MODEL = 120
FREE = Price(0.0, 0.0)
HOUSE_NAMES = ("localhost", ".local", ".internal", ".lan")


def known(base: PriceTable, configs: Iterable[WriterConfig] = ()) -> PriceTable:
    """Put what an admin has entered before a price table.

    A model that runs on a server of one's own costs nothing unless its price was entered.
    """
    rows = db.session.scalars(sa.select(ModelPrice))
    told = {(each.provider, each.model): Price(each.input_usd, each.output_usd) for each in rows}
    table = base.with_prices(told)
    own = {
        (each.provider.value, each.model_name): FREE
        for each in configs
        if is_own_server(each) and not price_of(each.provider, each.model_name, table)
    }
    return table.with_prices(own)


def is_own_server(config: WriterConfig) -> bool:
    """Tell whether a model's address lies in one's own house: nobody sends a bill from there.

    Told from how the address is written, so that no name is looked up: a private number, a name
    of one word as containers have, or one that ends as names inside do.
    """
    if config.provider is not LlmProvider.COMPATIBLE:
        return False
    host = (urlsplit(config.address).hostname or "").rstrip(".")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(HOUSE_NAMES))


@transaction
def set_price(provider: LlmProvider, model: str, price: Price, *, by: User) -> None:
    """Say what a model costs; raise Invalid for a sum or a name that is none."""
    model = model.strip()
    if not 0 < len(model) <= LONGEST_MODEL:
        raise Invalid("Name the model.", fields={"model": ["Name the model as it is asked for."]})
    if not all(0 <= each <= HIGHEST_USD for each in (price.input, price.output)):
        text = f"Give two sums from 0 to {HIGHEST_USD:,.0f} US dollars for a million tokens."
        raise Invalid(text, fields={"price": [text]})
    row = ModelPrice(provider=provider.value, model=model, updated_by=by.email)
    row.input_usd, row.output_usd = price.input, price.output
    db.session.merge(row)
    told = f"{price.input:g} in, {price.output:g} out"
    audit.note("price.set", "model_prices", f"{provider}/{model}", actor=by, price=told)


@transaction
def forget_price(provider: LlmProvider, model: str, *, by: User) -> bool:
    """Let the price table hold again for a model; False when nothing was entered for it."""
    row = db.session.get(ModelPrice, (provider.value, model.strip()))
    if row is None:
        return False
    db.session.delete(row)
    audit.note("price.forget", "model_prices", f"{provider}/{model.strip()}", actor=by)
    return True
