"""Profile: the target page, the publisher, and the anchor between them."""

from bacowr.engine.order import Order
from bacowr.engine.page.profile import profile
from bacowr.engine.ports import Ports
from bacowr.engine.publisher.profile import publisher_profile
from bacowr.engine.record import Fetched, Profiles
from bacowr.engine.research.anchors import alternatives, classified
from bacowr.engine.research.topics import shared_terms, topics_of
from bacowr.engine.shapes import Json, to_json
from bacowr.engine.steps.step import Outputs, Stage, earlier


def run(order: Order, outputs: Outputs, _ports: Ports) -> Json:
    """Profile both sides from the pages that were read."""
    fetched = earlier(outputs, Stage.FETCH, Fetched)
    target = profile(fetched.target) if fetched.target else None
    publisher = publisher_profile(order.publisher_domain, fetched.front, fetched.articles)
    language = order.language or publisher.language
    anchor = classified(order.anchor_text, order.target_url, target, order.anchor_type)
    return to_json(
        Profiles(
            target=target,
            target_topics=topics_of([fetched.target]) if fetched.target else {},
            publisher=publisher,
            anchor=anchor,
            alternatives=alternatives(anchor, order.target_url, target, language),
            shared_terms=shared_terms(fetched.target, fetched.publisher) if fetched.target else (),
            language=language,
            language_is_guess=order.language is None and publisher.language_is_guess,
        )
    )
