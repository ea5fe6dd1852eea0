"""What a conversion gives: the rows to be written, each with its table's model."""

from collections.abc import Callable
from typing import Any

from bacowr.base.db import Model
from bacowr.takeover.rows import Known, Row

Record = tuple[type[Model], dict[str, Any]]
Records = list[Record]
Convert = Callable[[Row, Known], Records]
