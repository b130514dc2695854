"""The verb that takes a backup of an open store. To look at one or put one back, nothing needs to be open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.answering import OK, REFUSED, Answer, Verb
from storage.backup import NoBackup, create
from storage.vault import Store


def _create(store: Store, given: Mapping[str, Any]) -> Answer:
    try:
        place, made = create(store, Path(str(given["to"])), store.clock().astimezone(UTC))
    except NoBackup as no:
        return Answer(REFUSED, None, str(no))
    except OSError as wrong:
        return Answer(REFUSED, None, f"{wrong.filename}: {wrong.strerror}.")
    body = {"place": str(place), **asdict(made)}
    return Answer(OK, body, f"{place}\n{made.bytes} bytes, every word in them sealed. The keys are not in it.")


BACKUP_VERBS: Mapping[str, Verb] = MappingProxyType({"backup create": _create})
