"""The seven ways in which a request can rightly fail; each door translates them once."""

from collections.abc import Mapping, Sequence


class BacowrError(Exception):
    """Something that the caller can understand and act on.

    `status` is the HTTP status that the doors answer with; `fields` maps an input's name to what
    is wrong with it.
    """

    status = 500

    def __init__(self, message: str, *, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}


class Unauthenticated(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """Nobody is signed in, or the key is not valid."""

    status = 401


class Forbidden(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """Signed in, but not allowed to."""

    status = 403


class NotFound(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """There is no such thing, or none that the caller may see."""

    status = 404


class Conflict(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """The thing is in a state in which this can't be done."""

    status = 409


class Invalid(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """What was sent can't be taken; `fields` says why."""

    status = 422


class QuotaSpent(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """A limit is reached; trying again in `retry_after_seconds` can help."""

    status = 429

    def __init__(self, message: str, *, retry_after_seconds: int = 60) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ProviderDown(BacowrError):  # noqa: N818  # Named after what happened, as HTTP does.
    """A service that this one depends on doesn't answer."""

    status = 502
