"""Frozen dataclasses to plain JSON values and back, so that a finished step can be kept."""

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

Json = dict[str, Any]


def to_json(value: object) -> Json:
    """Turn a dataclass into a dict that `json.dumps` takes; tuples become lists, enums text."""
    return cast("Json", _plain(value))


def from_json(kind: type[T], data: Json) -> T:
    """Rebuild what `to_json` wrote; keys the class does not know are left out."""
    return cast("T", _built(kind, data))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _built(kind: Any, data: Any) -> object:  # noqa: ANN401 - a type form is no `type`.
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        choices = [each for each in get_args(kind) if each is not NoneType]
        return data if data is None or len(choices) > 1 else _built(choices[0], data)
    if origin is tuple:
        return _built_tuple(get_args(kind), data)
    if origin is dict:
        key, value = get_args(kind)
        return {_built(key, k): _built(value, v) for k, v in data.items()}
    if is_dataclass(kind):
        return _built_dataclass(kind, data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return data


def _built_tuple(kinds: tuple[Any, ...], data: list[Any]) -> tuple[object, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004 - `tuple[T, ...]` has two parts.
        return tuple(_built(kinds[0], each) for each in data)
    return tuple(_built(kind, each) for kind, each in zip(kinds, data, strict=True))


def _built_dataclass(kind: Any, data: Json) -> object:  # noqa: ANN401 - a dataclass type.
    hints = _hints(kind)
    return kind(**{name: _built(hints[name], data[name]) for name in hints.keys() & data.keys()})


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a dataclass type.
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
