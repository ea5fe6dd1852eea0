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


def languages(chosen: str = "") -> Options:
    """Return the languages to offer, with the one chosen even if it is a rare one."""
    return (("", "Same as the publisher"), *_with(LANGUAGES, chosen))


def countries(chosen: str = "") -> Options:
    """Return the countries to offer, with the one chosen even if it is a rare one."""
    return _with(COUNTRIES, chosen)


def _with(options: Options, chosen: str) -> Options:
    known = not chosen or any(chosen == code for code, _ in options)
    return options if known else (*options, (chosen, chosen))
