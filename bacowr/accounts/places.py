"""Where a request comes from: what a program calls itself, and its network address."""

from dataclasses import dataclass

PROGRAM_LENGTH, ADDRESS_LENGTH = 255, 64
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Place:
    """Where somebody signs in from; cut to what is kept."""

    program: str | None = None
    address: str | None = None

    @classmethod
    def of(cls, program: str | None, address: str | None) -> "Place":
        """Return the place of a request's own words, without what could break a page or a log."""
        return cls(_kept(program, PROGRAM_LENGTH), _kept(address, ADDRESS_LENGTH))


def readable(program: str | None) -> str:
    """Return what people call the browser that calls itself so."""
    if not program:
        return "Unknown browser"
    browser = next((name for mark, name in BROWSERS if mark in program), None)
    system = next((name for mark, name in SYSTEMS if mark in program), None)
    if browser is None:
        return program[:60]
    return f"{browser} on {system}" if system else browser


def _kept(text: str | None, length: int) -> str | None:
    printable = "".join(char for char in text or "" if char.isprintable())
    return printable[:length] or None
