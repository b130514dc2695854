"""The exchange: takes one call, weighs faults, limits and rules, and writes down how it went."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from .cloud import Cloud
from .faults import Fault, Faults
from .methods import METHODS, SENDING
from .pace import Limits, Pace
from .spec import Call, Refusal, bad, method_name, typed

RECORDS_KEPT = 100_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A call that was carried out: its typed fields, and which parameters the schema doesn't know."""

    method: str
    chat: int | None
    fields: Mapping[str, object]
    at: datetime
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that was turned down, and why."""

    method: str
    chat: int | None
    refusal: Refusal
    at: datetime


class Exchange:
    """Answers calls. `accepted` and `refused` hold how they went, oldest first, the last 100,000."""

    def __init__(self, cloud: Cloud, faults: Faults, limits: Limits) -> None:
        self._cloud = cloud
        self._faults = faults
        self._pace = Pace(limits)
        self.accepted: list[Accepted] = []
        self.refused: list[Refused] = []

    async def call(self, asked: str, raw: Mapping[str, object]) -> tuple[object, Fault | None]:
        """Carries out a call; gives its result or refusal, and what is to go wrong with the answer."""
        method = method_name(asked)
        if method is None:
            return Refusal(404, "Not Found"), None
        call = typed(method, raw)
        if isinstance(call, Refusal):
            return self._refuse(method, None, call), None
        fault = self._faults.take(method, call.chat)
        if fault is not None and not fault.kept:
            no = fault.refusal or Refusal(500, "Internal Server Error")
            return self._refuse(method, call.chat, no), fault
        result = await self._carry_out(call)
        if isinstance(result, Refusal):
            return self._refuse(method, call.chat, result), fault
        return (fault.refusal if fault and fault.refusal else result), fault

    async def call_back(self, method: str, raw: Mapping[str, object]) -> object:
        """Carries out a call that a webhook gave as its answer."""
        return (await self.call(method, raw))[0]

    async def _carry_out(self, call: Call) -> object:
        if call.method == "getUpdates":
            polled = await self._cloud.updates.poll(call)
            if not isinstance(polled, Refusal):
                self._record(call)
            return polled
        carry_out = METHODS.get(call.method)
        if carry_out is None:
            return bad(f"{call.method} is not spoken by this stand-in")
        counted = call.chat if call.method in SENDING else None
        if counted is not None:
            wait = self._pace.wait(counted, self._cloud.pulse())
            if wait > 0:
                seconds = max(math.ceil(wait), 1)
                return Refusal(429, f"Too Many Requests: retry after {seconds}", seconds)
        result = carry_out(self._cloud, call)
        if not isinstance(result, Refusal):
            self._record(call)
            if counted is not None:
                self._pace.note(counted, self._cloud.pulse())
        return result

    def _record(self, call: Call) -> None:
        fields = MappingProxyType(dict(call.fields))
        at = self._cloud.clock()
        self.accepted.append(Accepted(call.method, call.chat, fields, at, call.unknown))
        if len(self.accepted) > RECORDS_KEPT:
            del self.accepted[: RECORDS_KEPT // 2]
        if call.unknown:
            _LOG.warning("%s got parameters the schema does not know: %s", call.method, call.unknown)

    def _refuse(self, method: str, chat: int | None, refusal: Refusal) -> Refusal:
        self.refused.append(Refused(method, chat, refusal, self._cloud.clock()))
        if len(self.refused) > RECORDS_KEPT:
            del self.refused[: RECORDS_KEPT // 2]
        return refusal
