"""How the shares are weighed: two logistic models, fitted beforehand and kept as dated data."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from bacowr.engine.grounding.features import FEATURES, Features


@dataclass(frozen=True)
class Logistic:
    """A logistic model; from `threshold` on its probability counts as yes."""

    bias: float
    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Features) -> float:
        """Weigh the shares."""
        values = zip(FEATURES, features.values, strict=True)
        logit = self.bias + sum(self.weights[name] * value for name, value in values)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True)
class Models:
    """The model of "supported" and that of "not supported", and what they were fitted on."""

    fitted_on: date
    data: str
    supported: Logistic
    unsupported: Logistic


@cache
def models() -> Models:
    """Give the models in force."""
    file = resources.files("bacowr.engine.data") / "grounding.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))["model"]
    return Models(
        fitted_on=data["fitted_on"],
        data=data["data"],
        supported=Logistic(**data["supported"]),
        unsupported=Logistic(**data["unsupported"]),
    )
