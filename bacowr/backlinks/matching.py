"""Telling whether two deal records are about the same link."""

import hashlib
import json

from bacowr.engine import urls


def match_key(publisher_url: str | None, publisher_domain: str, target: str, anchor: str) -> str:
    """Return what is the same for two records of the same link (domain 1.4).

    The page counts, or the site as long as there is no page; `utm_*` and the like don't.
    """
    page = comparable(publisher_url) or publisher_domain.strip().lower()
    parts = [page, comparable(target), anchor.strip()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def comparable(url: str | None) -> str:
    """Spell an address so that two of the same page are equal; as it is when it can't be read."""
    if not url or not url.strip():
        return ""
    try:
        return urls.comparable(url)
    except ValueError:
        return url.strip()
