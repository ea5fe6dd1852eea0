"""Reading stored keys and search results."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.providers.catalog import Provider
from bacowr.providers.models import ProviderCredential, SearchOrigin, StoredSearch


def find(provider: Provider) -> ProviderCredential | None:
    """Return what is stored for a service, or None."""
    return db.session.scalar(
        sa.select(ProviderCredential).where(ProviderCredential.provider == provider.value)
    )


def get(provider: Provider) -> ProviderCredential:
    """Return what is stored for a service; raise NotFound when there is nothing."""
    found = find(provider)
    if found is None:
        raise NotFound(f"No key is stored for {provider}.")
    return found


def stored() -> dict[Provider, ProviderCredential]:
    """Return everything that is stored, by service; rows of unknown services are left out."""
    rows = db.session.scalars(sa.select(ProviderCredential))
    return {Provider(row.provider): row for row in rows if row.provider in set(Provider)}


def find_brought(job_id: str, query_key: str) -> StoredSearch | None:
    """Return what was brought for a job's search, or None."""
    return db.session.scalar(
        sa.select(StoredSearch).where(
            StoredSearch.job_id == job_id,
            StoredSearch.query_key == query_key,
            StoredSearch.origin == SearchOrigin.BROUGHT,
        )
    )


def find_fetched(query_key: str, *, since: datetime) -> StoredSearch | None:
    """Return the newest results that a service gave for a search since then, or None."""
    return db.session.scalar(
        sa.select(StoredSearch)
        .where(
            StoredSearch.query_key == query_key,
            StoredSearch.fetched_at >= since,
            StoredSearch.origin == SearchOrigin.FETCHED,
        )
        .order_by(StoredSearch.fetched_at.desc())
        .limit(1)
    )


def brought_for(job_id: str) -> Sequence[StoredSearch]:
    """List what was brought for a job, the oldest first."""
    return db.session.scalars(
        sa.select(StoredSearch)
        .where(StoredSearch.job_id == job_id, StoredSearch.origin == SearchOrigin.BROUGHT)
        .order_by(StoredSearch.fetched_at, StoredSearch.id)
    ).all()
