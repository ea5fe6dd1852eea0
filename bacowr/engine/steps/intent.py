"""Intent: whether anchor, target and publisher fit the search, and which bridge joins them."""

from bacowr.engine.order import Order
from bacowr.engine.outcome import Block, BlockReason
from bacowr.engine.ports import Ports
from bacowr.engine.record import Intents, Profiles, Serp
from bacowr.engine.research.bridge import bridge
from bacowr.engine.research.intent import (
    alignment,
    publisher_intent,
    target_intent,
)
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(_order: Order, outputs: Outputs, _ports: Ports) -> Json:
    """Align the intents and choose the bridge."""
    profiles = earlier(outputs, Stage.PROFILE, Profiles)
    serp = earlier(outputs, Stage.SERP, Serp)
    found = alignment(
        profiles.anchor.intent,
        target_intent(profiles.target),
        publisher_intent(profiles.publisher.tone),
        serp.findings.dominant,
        serp.findings.confidence,
    )
    chosen = bridge(found, profiles.publisher.topics, profiles.target_topics, profiles.shared_terms)
    message = "Anchor, target and publisher all miss what searchers want."
    blocked = Block(BlockReason.INTENT_OFF, message) if found.all_off else None
    return to_json(Intents(found, chosen, blocked))
