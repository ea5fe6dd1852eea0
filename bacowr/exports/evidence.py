"""An article with all its evidence as JSON."""

import json
from datetime import datetime
from typing import Any

from bacowr.engine.shapes import to_json
from bacowr.exports.html import fragment
from bacowr.exports.model import Handover

FORMAT = "bacowr.article/1"


def article_json(handover: Handover, at: datetime) -> str:
    """Write the text, its label, terms and links, and the evidence that was given."""
    return json.dumps(article_record(handover, at), ensure_ascii=False, indent=2) + "\n"


def article_record(handover: Handover, at: datetime) -> dict[str, Any]:
    """Give what the JSON holds; the label comes first."""
    article = handover.article
    return {
        "label": handover.label,
        "kind_label": handover.kind_label,
        "format": FORMAT,
        "exported_at": at.isoformat(),
        "title": handover.heading,
        "publisher": handover.publisher,
        "article": to_json(article),
        "sha256": article.sha256,
        "rel": handover.rel,
        "html": fragment(handover),
        "link_sheet": [to_json(each) for each in handover.sheet],
        "evidence": dict(handover.evidence),
    }
