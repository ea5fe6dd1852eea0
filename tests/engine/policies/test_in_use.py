"""An operator's packs are used by the whole process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bacowr.base.errors import Invalid
from bacowr.engine.policies import loading


@pytest.fixture(autouse=True)
def _shipped_again() -> Iterator[None]:
    yield
    loading.use(None)


def test_without_a_directory_the_shipped_packs_are_used() -> None:
    loading.use(None)
    assert loading.in_use() is loading.shipped()


def test_a_pack_of_the_operators_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    own = (Path(loading.__file__).parents[1] / "data" / "policies" / "crypto.toml").read_text()
    (tmp_path / "crypto.toml").write_text(own.replace("verified = false", "verified = true", 1))
    loading.use(tmp_path)
    packs = {each.id: each for each in loading.in_use().packs}
    assert packs["crypto"].verified
    assert packs.keys() == {each.id for each in loading.shipped().packs}


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no directory"):
        loading.use(tmp_path / "missing")
