"""The schema's room: raw parameters come in, typed fields or a refusal go out.

The schema is `bot/channels/botapi_spec.json`. Top-level parameters may arrive as form text or as
JSON; what is inside an object must have its JSON type, exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

SPEC = Path(__file__).parent.parent / "botapi_spec.json"

_ARRAY = "Array of "
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "document": "there is no document in the request",
    "photo": "there is no photo in the request",
    "audio": "there is no audio in the request",
    "voice": "there is no voice in the request",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no in Telegram's words: HTTP status, description and, for 429, seconds to wait."""

    code: int
    description: str
    retry_after: int = 0


def bad(why: str) -> Refusal:
    """A 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {why}")


def forbidden(why: str) -> Refusal:
    """A 403 with Telegram's prefix."""
    return Refusal(403, f"Forbidden: {why}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came as a multipart part."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One call that fits the schema: `fields` typed, `unknown` the paths the schema does not know."""

    method: str
    fields: Mapping[str, object]
    unknown: tuple[str, ...] = ()

    @property
    def chat(self) -> int | None:
        """The chat it is about, when it names one by number."""
        return self.number("chat_id")

    def text(self, name: str) -> str:
        """The field as text; empty when it is absent."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """The field as a whole number, or None when it is absent or something else."""
        value = self.fields.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        """The field as a yes or no; absent is no."""
        return self.fields.get(name) is True

    def item(self, name: str) -> Mapping[str, object] | None:
        """The field as an object, or None."""
        value = self.fields.get(name)
        return cast(Mapping[str, object], value) if isinstance(value, dict) else None

    def items(self, name: str) -> Sequence[object] | None:
        """The field as a list, or None when it is absent."""
        value = self.fields.get(name)
        return cast(Sequence[object], value) if isinstance(value, list) else None


class _Entry(TypedDict, total=False):
    fields: dict[str, tuple[list[str], bool]]
    subtypes: list[str]


class _Spec(TypedDict):
    methods: dict[str, _Entry]
    types: dict[str, _Entry]


@cache
def _spec() -> _Spec:
    return cast(_Spec, json.loads(SPEC.read_text("utf-8")))


@cache
def _method_names() -> Mapping[str, str]:
    return {name.lower(): name for name in _spec()["methods"]}


def method_name(asked: str) -> str | None:
    """The method's real name (Telegram ignores case), or None when there is no such method."""
    return _method_names().get(asked.lower())


def fields_of(method: str) -> tuple[str, ...]:
    """The names of the parameters a method knows."""
    return tuple(_spec()["methods"][method]["fields"])


def typed(method: str, raw: Mapping[str, object]) -> Call | Refusal:
    """Reads raw parameters (form text, JSON values or `Upload`s) by the schema of `method`."""
    wanted = _spec()["methods"][method]["fields"]
    given = _attached(raw)
    fields: dict[str, object] = {}
    unknown = [name for name in given if name not in wanted]
    for name, (kinds, required) in wanted.items():
        value = given.get(name)
        if value is None:
            if required:
                return bad(_MISSING.get(name, f'parameter "{name}" is required'))
            continue
        read = _top(kinds, value, name, unknown)
        if isinstance(read, Refusal):
            return read
        fields[name] = read
    return Call(method, fields, tuple(unknown))


def _attached(raw: Mapping[str, object]) -> dict[str, object]:
    """Puts an uploaded part where `attach://its-name` points to it."""
    given = dict(raw)
    for name, value in raw.items():
        if isinstance(value, str) and value.startswith("attach://"):
            part = value.removeprefix("attach://")
            if isinstance(raw.get(part), Upload):
                given[name] = given.pop(part)
    return given


def _top(kinds: Sequence[str], value: object, name: str, unknown: list[str]) -> object | Refusal:
    """A top-level parameter: form text is loosened to the JSON type the schema asks for."""
    if isinstance(value, str) and "String" not in kinds:
        loosened = _from_text(kinds, value, name)
        if isinstance(loosened, Refusal):
            return loosened
        value = loosened
    elif isinstance(value, str) and "Integer" in kinds and _INTEGER.fullmatch(value):
        value = int(value)
    return _one_of(kinds, value, name, unknown)


def _from_text(kinds: Sequence[str], text: str, name: str) -> object | Refusal:
    match kinds[0]:
        case "Integer" if _INTEGER.fullmatch(text):
            return int(text)
        case "Boolean" if text.lower() in _TRUTH:
            return _TRUTH[text.lower()]
        case "Integer" | "Boolean":
            return text
        case "Float":
            try:
                return float(text)
            except ValueError:
                return text
    try:
        return cast(object, json.loads(text))
    except (ValueError, RecursionError):
        return bad(f"can't parse {_spaced(name)} JSON object")


def _one_of(kinds: Sequence[str], value: object, path: str, unknown: list[str]) -> object | Refusal:
    """The kind that fits with the fewest unknown fields; when none fits, the first kind's refusal."""
    fits: list[tuple[object, list[str]]] = []
    first: Refusal | None = None
    for kind in _concrete(kinds):
        aside: list[str] = []
        read = _read(kind, value, path, aside)
        if not isinstance(read, Refusal):
            fits.append((read, aside))
        first = first or (read if isinstance(read, Refusal) else None)
    if fits:
        read, aside = min(fits, key=lambda fit: len(fit[1]))
        unknown.extend(aside)
        return read
    return first or bad(f'parameter "{path}" cannot be read')


def _concrete(kinds: Sequence[str]) -> list[str]:
    """Kinds with abstract ones (`BotCommandScope`) replaced by what they stand for."""
    found: list[str] = []
    for kind in kinds:
        entry = _spec()["types"].get(kind)
        found.extend(_concrete(entry["subtypes"]) if entry and entry.get("subtypes") else [kind])
    return found


def _read(kind: str, value: object, path: str, unknown: list[str]) -> object | Refusal:
    if kind.startswith(_ARRAY):
        return _read_list(kind.removeprefix(_ARRAY), value, path, unknown)
    match kind, value:
        case ("Boolean", bool()) | ("InputFile", Upload()):
            return value
        case "String", str():
            return value if _is_utf8(value) else bad("strings must be encoded in UTF-8")
        case ("Integer", int()) | ("Float", int() | float()) if not isinstance(value, bool):
            return value
        case (("Boolean" | "String" | "InputFile" | "Integer" | "Float"), _):
            return bad(f'field "{path}" must be of type {kind}')
        case _, dict():
            return _read_object(kind, cast("dict[str, object]", value), path, unknown)
    return bad(f"object expected as {_spaced(path.rpartition('.')[2])}")


def _read_list(kind: str, value: object, path: str, unknown: list[str]) -> object | Refusal:
    if not isinstance(value, list):
        return bad(f'field "{path}" must be of type Array')
    out: list[object] = []
    for place, item in enumerate(cast("list[object]", value)):
        read = _one_of([kind], item, f"{path}[{place}]", unknown)
        if isinstance(read, Refusal):
            return read
        out.append(read)
    return out


def _read_object(kind: str, value: dict[str, object], path: str, unknown: list[str]) -> dict[str, object] | Refusal:
    wanted = _spec()["types"][kind]["fields"]
    out: dict[str, object] = {}
    for name, (kinds, required) in wanted.items():
        if value.get(name) is None:
            if required:
                return bad(f"can't parse {_spaced(kind)}: Can't find field \"{name}\"")
            continue
        read = _one_of(kinds, value[name], f"{path}.{name}", unknown)
        if isinstance(read, Refusal):
            return read
        out[name] = read
    unknown.extend(f"{path}.{name}" for name in value if name not in wanted)
    return out


def _is_utf8(text: str) -> bool:
    """Half a surrogate pair can be written in JSON and can't be sent on."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _spaced(name: str) -> str:
    """`InlineKeyboardButton` and `reply_markup` as the words Telegram's errors use."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()
