"""Reading stored keys and search results."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.providers.catalog import Provider
from bacowr.providers.models import (
    ProviderCredential,
    SearchOrigin,
    StoredSearch,
    TeamCredential,
)

Row = ProviderCredential | TeamCredential


def find(provider: Provider, *, team_id: str | None = None) -> Row | None:
    """Return what is stored for a service: a team's own, or with None the installation's."""
    if team_id is None:
        select = sa.select(ProviderCredential)
        return db.session.scalar(select.where(ProviderCredential.provider == provider.value))
    return db.session.scalar(
        sa.select(TeamCredential).where(
            TeamCredential.team_id == team_id, TeamCredential.provider == provider.value
        )
    )


def get(provider: Provider, *, team_id: str | None = None) -> Row:
    """Return what is stored for a service; raise NotFound when there is nothing."""
    found = find(provider, team_id=team_id)
    if found is None:
        raise NotFound(f"No key is stored for {provider}.")
    return found


def stored() -> dict[Provider, Row]:
    """Return what the installation has stored, by service; unknown services are left out."""
    return _by_service(db.session.scalars(sa.select(ProviderCredential)))


def stored_of_team(team_id: str | None) -> dict[Provider, Row]:
    """Return what a team has stored for itself, by service; nothing for who has no team."""
    if team_id is None:
        return {}
    select = sa.select(TeamCredential).where(TeamCredential.team_id == team_id)
    return _by_service(db.session.scalars(select))


def _by_service(rows: Iterable[Row]) -> dict[Provider, Row]:
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


def find_fetched(query_keys: Iterable[str], *, since: datetime) -> StoredSearch | None:
    """Return the newest results that a service gave for a search since then, or None."""
    return db.session.scalar(
        sa.select(StoredSearch)
        .where(
            StoredSearch.query_key.in_(list(query_keys)),
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
