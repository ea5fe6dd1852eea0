"""The sample order: made-up sites that come with the product, so it runs without a network."""

from bacowr.accounts.models import User
from bacowr.engine.order import Order
from bacowr.jobs import service
from bacowr.jobs.models import Job

KEY = "sample"
ORDER = Order(
    publisher_domain="hemochhushall.example",
    target_url="https://varmebutiken.example/guider/valja-luftvarmepump",
    anchor_text="välja luftvärmepump",
    language="sv",
    country="se",
)


def create(*, owner: User) -> Job:
    """Order the sample; the person who has it already keeps that one."""
    return service.create(ORDER, owner=owner, idempotency_key=KEY, is_demo=True)
