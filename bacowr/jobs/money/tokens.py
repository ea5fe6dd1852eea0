"""Tokens of the month's quota are held before a call is made, and settled when it is answered."""

from bacowr.accounts import quotas
from bacowr.engine.order import LlmProvider
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Prompt, Written
from bacowr.engine.providers.writers.catalog import most_output_tokens
from bacowr.jobs.models import Job
from bacowr.jobs.spending import ModelCall

CHARACTERS_PER_TOKEN = 3
"""On the careful side: Swedish takes about three and a half characters a token."""


def sent(prompt: Prompt) -> int:
    """Tell how many tokens a prompt takes at most."""
    return (len(prompt.system) + len(prompt.user)) // CHARACTERS_PER_TOKEN


def most_answered(provider: str, model: str, prompt: Prompt) -> int:
    """Tell how many tokens an answer may take."""
    return most_output_tokens(LlmProvider(provider), model, prompt.max_output_tokens)


def most(provider: str, model: str, prompt: Prompt) -> int:
    """Tell how many tokens a call may take, there and back."""
    return sent(prompt) + most_answered(provider, model, prompt)


def hold(job: Job, tokens: int) -> None:
    """Count the tokens that a call may take; raise Aborted when they are more than are left."""
    if quotas.hold_tokens(job.owner_id, tokens):
        return
    now = quotas.standing(job.owner)
    raise Aborted(
        AbortCode.TOKENS_SPENT,
        f"The quota of {now.tokens_quota:,} tokens a month would be passed: {now.tokens_used:,} are"
        f" used or held, and the next call may take {tokens:,}."
        f" The month ends on {now.resets_at:%Y-%m-%d} at 00:00 UTC.",
    )


def settle(call: ModelCall, written: Written, *, held: int) -> None:
    """Count what an answer took in place of what was held; nothing changes when nobody told."""
    if written.input_tokens is not None and written.output_tokens is not None:
        used = written.input_tokens + written.output_tokens
        quotas.settle_tokens(call.owner_id, used - held, at=call.started_at)


def release(call: ModelCall, *, held: int) -> None:
    """Give back what was held for a call that took nothing."""
    quotas.settle_tokens(call.owner_id, -held, at=call.started_at)
