"""The mischief's room: what can go wrong between a bot and Telegram, ordered one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .spec import Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with a call.

    `refusal` is answered instead of the truth; `seconds` pass before the answer; `dropped` closes the
    connection without one. With `kept` the call is carried out all the same: the message arrives, and
    the bot can't know. `method` and `chat` say which calls are meant (None: all), `times` how many.
    """

    refusal: Refusal | None = None
    seconds: float = 0.0
    dropped: bool = False
    kept: bool = False
    method: str | None = None
    chat: int | None = None
    times: int = 1

    def meets(self, method: str, chat: int | None) -> bool:
        """True when this call is one of those meant."""
        return self.method in (None, method) and self.chat in (None, chat)


class Faults:
    """What shall go wrong, in the order it was asked for. Empty, everything goes right.

    For calls: `too_many`, `drop`, `slow`, `broken`, `forbidden`, `bad_request`, or any `Fault` by
    `add`. For webhook deliveries: `twice`, `backwards`, `wrong_secret`.
    """

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._twice = 0
        self._backwards = 0
        self._wrong_secret = 0

    def add(self, fault: Fault) -> None:
        """Orders a fault of any shape."""
        self._waiting.append(fault)

    def too_many(self, seconds: int, *, method: str | None = None, chat: int | None = None, times: int = 1) -> None:
        """429 with `retry_after` seconds."""
        refusal = Refusal(429, f"Too Many Requests: retry after {seconds}", seconds)
        self.add(Fault(refusal, method=method, chat=chat, times=times))

    def drop(self, *, kept: bool = True, method: str | None = None, times: int = 1) -> None:
        """The connection closes without an answer; with `kept` the call was carried out."""
        self.add(Fault(dropped=True, kept=kept, method=method, times=times))

    def slow(self, seconds: float, *, method: str | None = None, times: int = 1) -> None:
        """The call is carried out at once and answered after `seconds`."""
        self.add(Fault(seconds=seconds, kept=True, method=method, times=times))

    def broken(self, status: int = 502, *, kept: bool = False, method: str | None = None, times: int = 1) -> None:
        """A 5xx answer; with `kept` the call was carried out."""
        self.add(Fault(Refusal(status, "Bad Gateway"), kept=kept, method=method, times=times))

    def forbidden(self, why: str, *, chat: int | None = None, times: int = 1) -> None:
        """403 with `why` after the prefix."""
        self.add(Fault(Refusal(403, f"Forbidden: {why}"), chat=chat, times=times))

    def bad_request(self, why: str, *, method: str | None = None, times: int = 1) -> None:
        """400 with `why` after the prefix."""
        self.add(Fault(Refusal(400, f"Bad Request: {why}"), method=method, times=times))

    def twice(self, times: int = 1) -> None:
        """The next `times` updates are posted two times, both at once."""
        self._twice += times

    def backwards(self, count: int = 2) -> None:
        """The next `count` updates are held until all are there, then posted last one first."""
        self._backwards = count

    def wrong_secret(self, times: int = 1) -> None:
        """The next `times` posts carry a secret that isn't the one agreed on."""
        self._wrong_secret += times

    def clear(self) -> None:
        """From now on everything goes right."""
        self._waiting.clear()
        self._twice = self._backwards = self._wrong_secret = 0

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The first fault meant for this call, used up by one."""
        for place, fault in enumerate(self._waiting):
            if fault.meets(method, chat):
                if fault.times > 1:
                    self._waiting[place] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[place]
                return fault
        return None

    def take_twice(self) -> bool:
        """True when the next update shall be posted two times."""
        self._twice, now = max(self._twice - 1, 0), self._twice > 0
        return now

    def take_wrong_secret(self) -> bool:
        """True when the next post shall carry a wrong secret."""
        self._wrong_secret, now = max(self._wrong_secret - 1, 0), self._wrong_secret > 0
        return now

    @property
    def held(self) -> int:
        """How many updates must wait for one another before they go out, last one first."""
        return self._backwards

    def release(self) -> None:
        """The held updates went out."""
        self._backwards = 0
