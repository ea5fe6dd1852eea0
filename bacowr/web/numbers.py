"""Numbers that people write into forms and addresses."""

import math
from collections.abc import Mapping

from bacowr.base.errors import Invalid

LONGEST = 9


def page(text: str | None) -> int:
    """Read the number of a page; the first one when it is none."""
    return max(1, int(text)) if text and text.isdecimal() and len(text) <= LONGEST else 1


class Reader:
    """Reads numbers out of a form, and tells of all that are none at once."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.faults: dict[str, list[str]] = {}

    def whole(self, name: str) -> int:
        """Read a whole number."""
        text = self._form.get(name, "").strip()
        if text.isdecimal() and len(text) <= LONGEST:
            return int(text)
        self.faults[name] = ["Give a whole number."]
        return 1

    def sum(self, name: str) -> float | None:
        """Read a sum; None when nothing is written. A comma does for a point."""
        text = self._form.get(name, "").strip().replace(",", ".")
        try:
            found = float(text) if text else None
        except ValueError:
            found = math.nan
        if found is not None and not math.isfinite(found):
            self.faults[name] = ["Give a sum, like 12.50."]
            return None
        return found

    def finish(self) -> None:
        """Raise Invalid when anything that was read is no number."""
        if self.faults:
            raise Invalid("Some fields need another look.", fields=self.faults)
