"""The columns of the library, as files carry them in and out (domain 1.4)."""

from bacowr.intake import columns
from bacowr.intake.columns import Field

# What a file calls the columns of a placement, and after them the rest of a deal record, so that
# a file that was taken out can be brought in again.
FIELDS: columns.Fields = (
    *columns.PLACEMENTS,
    Field("deal_type", "Deal", ("deal",)),
    Field("agreed_rel", "rel agreed on", ("rel",)),
    Field("rel_reason", "Reason for a followed link"),
    Field("advertiser", "Advertiser"),
    Field("ad_label", "Advertising label", ("label",)),
    Field("label_language", "Language of the label"),
    Field("anchor_type", "Anchor type"),
    Field("campaign", "Campaign"),
    Field("category", "Category"),
    Field("contact", "Contact"),
    Field("price", "Price", ("cost", "pris", "kostnad")),
    Field("currency", "Currency", ("valuta",)),
    Field("expires_on", "Expires", ("expiry", "expires", "end_date", "slutdatum")),
    Field("tags", "Tags", ("tag", "taggar")),
    Field("notes", "Notes", ("note", "comment", "kommentar")),
    Field("domain_authority", "Domain authority", ("da",)),
    Field("page_authority", "Page authority", ("pa",)),
    Field("traffic_estimate", "Traffic", ("traffic",)),
    Field("backlink_count", "Backlinks", ("backlinks",)),
)

FIXES = {
    "publisher_domain": "Give the site, like example.com, or the published page.",
    "publisher_url": "Give the page's whole address, like https://example.com/article.",
    "target_url": "Give the page's whole address, like https://example.com/page.",
    "anchor_text": "Give the words that carry the link.",
    "language": "Write SE, ENG or a two-letter code.",
    "placement": "Write Live, Removed or Planned, or one of the library's own words.",
    "published_at": "Write the date as 2026-11-22.",
    "expires_on": "Write the date as 2026-11-22.",
    "price": "Write a sum such as 1500 or 1500.50.",
    "currency": "Add a column Currency, like SEK or EUR.",
    "rel_reason": "Add the reason in a column rel_reason, or agree on sponsored or nofollow.",
}
FIX = "Mend the cell, or leave it empty."
