"""What the lists of languages and countries offer; any other code comes in by the API."""

LANGUAGES = (
    ("sv", "Swedish"),
    ("da", "Danish"),
    ("nb", "Norwegian Bokmål"),
    ("nn", "Norwegian Nynorsk"),
    ("fi", "Finnish"),
    ("en", "English"),
    ("de", "German"),
    ("nl", "Dutch"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("et", "Estonian"),
    ("lv", "Latvian"),
    ("lt", "Lithuanian"),
    ("is", "Icelandic"),
)
COUNTRIES = (
    ("se", "Sweden"),
    ("no", "Norway"),
    ("dk", "Denmark"),
    ("fi", "Finland"),
    ("is", "Iceland"),
    ("gb", "United Kingdom"),
    ("ie", "Ireland"),
    ("us", "United States"),
    ("ca", "Canada"),
    ("au", "Australia"),
    ("de", "Germany"),
    ("at", "Austria"),
    ("ch", "Switzerland"),
    ("nl", "Netherlands"),
    ("be", "Belgium"),
    ("fr", "France"),
    ("es", "Spain"),
    ("pt", "Portugal"),
    ("it", "Italy"),
    ("pl", "Poland"),
    ("cz", "Czechia"),
    ("ee", "Estonia"),
    ("lv", "Latvia"),
    ("lt", "Lithuania"),
)

Options = tuple[tuple[str, str], ...]

AUTOMATIC = ("auto", "Automatic: the first that is connected")
STRATEGIES: Options = (
    ("multi_stage", "In stages: outline, text, polish"),
    ("single_shot", "In one go: cheaper and quicker"),
)
PROFILES: Options = (("long_form", "Long form, with headings"), ("flow", "Flow, without headings"))
OUTCOMES: Options = (("false", "An article"), ("true", "Only a brief"))
DEALS: Options = (
    ("unknown", "Not known yet"),
    ("paid", "Paid"),
    ("product", "Product or service in return"),
    ("exchange", "Link exchange"),
    ("affiliate", "Affiliate"),
    ("editorial", "Editorial, nothing in return"),
    ("own_site", "Between sites of one owner"),
)
RELS: Options = (
    ("unknown", "Not agreed: as policy demands"),
    ("sponsored", "sponsored"),
    ("nofollow", "nofollow"),
    ("follow", "followed"),
)
VERTICALS: Options = (
    ("", "As the pages show"),
    ("none", "None of them"),
    ("gambling", "Gambling"),
    ("credit", "Credit"),
    ("finance", "Finance"),
    ("health", "Health"),
    ("medical", "Medicine"),
    ("legal", "Law"),
    ("crypto", "Crypto"),
)


def languages(chosen: str = "") -> Options:
    """Return the languages to offer, with the one chosen even if it is a rare one."""
    return (("", "Same as the publisher"), *_with(LANGUAGES, chosen))


def countries(chosen: str = "") -> Options:
    """Return the countries to offer, with the one chosen even if it is a rare one."""
    return _with(COUNTRIES, chosen)


def _with(options: Options, chosen: str) -> Options:
    known = not chosen or any(chosen == code for code, _ in options)
    return options if known else (*options, (chosen, chosen))
