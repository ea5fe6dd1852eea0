"""What an order for an article says, as columns: the fields of the engine's Order."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base.types import text_enum
from bacowr.engine.order import (
    AnchorType,
    LlmProvider,
    Vertical,
    WritingProfile,
    WritingStrategy,
)
from bacowr.engine.terms import DealType, Rel


class Ordered:
    """The part of a job that was ordered; one column for each field of `engine.order.Order`."""

    publisher_domain: Mapped[str] = mapped_column(
        sa.String(255), comment="The site that is to carry the article; lower case, A-label."
    )
    target_url: Mapped[str] = mapped_column(sa.String(2048), comment="The page to link to.")
    anchor_text: Mapped[str] = mapped_column(sa.String(500), comment="The clickable text.")
    anchor_type: Mapped[AnchorType | None] = mapped_column(
        text_enum(AnchorType, "anchor_type"),
        comment="The orderer's own word on the anchor; null leaves it to the engine.",
    )
    language: Mapped[str | None] = mapped_column(
        sa.String(8), comment="The article's language; null follows the publisher."
    )
    country: Mapped[str] = mapped_column(sa.String(2), comment="The market, two letters.")
    llm_provider: Mapped[LlmProvider] = mapped_column(
        text_enum(LlmProvider, "llm_provider"), comment="Who is to write."
    )
    writing_strategy: Mapped[WritingStrategy] = mapped_column(
        text_enum(WritingStrategy, "writing_strategy"), comment="In how many calls to write."
    )
    writing_profile: Mapped[WritingProfile] = mapped_column(
        text_enum(WritingProfile, "writing_profile"),
        default=WritingProfile.LONG_FORM,
        server_default=WritingProfile.LONG_FORM,
        comment="The rule set for length and structure.",
    )
    deal_type: Mapped[DealType] = mapped_column(
        text_enum(DealType, "deal_type"),
        default=DealType.UNKNOWN,
        server_default=DealType.UNKNOWN,
        comment="What the link was given for.",
    )
    agreed_rel: Mapped[Rel] = mapped_column(
        text_enum(Rel, "agreed_rel"),
        default=Rel.UNKNOWN,
        server_default=Rel.UNKNOWN,
        comment="What was agreed about rel; unknown leaves it to policy.",
    )
    rel_reason: Mapped[str | None] = mapped_column(
        sa.String(500), comment="Why a link that was paid for is followed."
    )
    advertiser: Mapped[str | None] = mapped_column(
        sa.String(120), comment="Whom the advertising label names."
    )
    anchor_is_fixed: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false(), comment="Whether the deal fixes the anchor."
    )
    vertical: Mapped[Vertical | None] = mapped_column(
        text_enum(Vertical, "vertical"),
        comment="A person's own word on the regulated area; null leaves it to the engine.",
    )
    allow_fallback: Mapped[bool] = mapped_column(
        default=False,
        server_default=sa.false(),
        comment="Whether another provider may write instead.",
    )
    brief_only: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false(), comment="Whether no article is wanted."
    )
    use_ahrefs: Mapped[bool] = mapped_column(comment="Whether link data may be asked for.")
    enable_llm_profiling: Mapped[bool] = mapped_column(
        comment="Whether a language model may help with the profiles."
    )
