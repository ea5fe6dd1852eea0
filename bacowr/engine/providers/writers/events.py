"""Server-sent events, read from chunks that may end anywhere."""

from dataclasses import dataclass, field

MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Event:
    """One event of a stream: its name, empty when it has none, and its data."""

    name: str
    data: str


@dataclass
class EventReader:
    """Puts events together; an event that was not closed by an empty line never counts.

    Lines end with LF or CRLF, as all services send them; comments and the fields `id` and `retry`
    are passed over (WHATWG HTML, "Interpreting an event stream").
    """

    _rest: bytes = b""
    _name: str = ""
    _data: list[str] = field(default_factory=list)
    _is_begun: bool = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; give the events they complete. Raise ValueError if not UTF-8."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        found = [self._line(each) for each in lines]
        return [each for each in found if each is not None]

    def _line(self, raw: bytes) -> Event | None:
        if not self._is_begun:
            self._is_begun = True
            raw = raw.removeprefix(MARK)
        line = raw.removesuffix(b"\r").decode()
        if not line:
            return self._close()
        name, _, value = line.partition(":")
        if name == "event":
            self._name = value.removeprefix(" ")
        elif name == "data":
            self._data.append(value.removeprefix(" "))
        return None

    def _close(self) -> Event | None:
        event = Event(self._name, "\n".join(self._data)) if self._data else None
        self._name, self._data = "", []
        return event
