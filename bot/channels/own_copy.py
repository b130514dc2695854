"""The copy to keep, as a file: every card in her language and the grown-ups, for reading long after we are gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.engine import Own
from bot.speech import Locale
from bot.story import more_information, tell
from bot.talk import Name, Text, Written
from storage.records import EntryView

FORMAT = "bredvid-copy/1"


def copy_file(own: Own, locale: Locale) -> bytes:
    """The file: UTF-8 JSON, indented so that it can also be read as it is."""
    whole = {
        "format": FORMAT,
        "made": own.me.now.date().isoformat(),
        "language": locale.tag,
        "name": own.me.name,
        "cards": [_card(view, own, locale) for view in own.views],
        "adults": [
            {"name": adult.label, "title": locale.say(Text(f"role.{adult.role}.title")), "phone": adult.phone,
             "function": adult.function, "left": adult.left}
            for adult in own.adults
        ],
        "more": [
            {"authority": _plain(source.name, locale), "has": _plain(source.gives, locale),
             "ask": _plain(source.how, locale)}
            for source in more_information(own.views, own.me.listener)
        ],
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _card(view: EntryView, own: Own, locale: Locale) -> dict[str, Any]:
    card = tell(view, own.me.listener)
    signed = not own.me.lacks_signed(view.kind)
    lines = (*card.blocks, *card.missing) if signed else (Text("card.unsigned"),)
    return {
        "on": view.on.isoformat() if view.on else None,
        "state": str(view.state),
        "headline": _plain(card.headline, locale),
        "texts": list(_lines(lines, locale)),
        "from": locale.say(Text(f"authority.{view.source}.name")),
        "told_by": view.told_by,
        "told_on": view.told_on.isoformat() if view.told_on else None,
    }


def _lines(lines: tuple[Text | Written, ...], locale: Locale) -> Iterator[str]:
    yield from (_plain(line, locale) for line in lines)


def _plain(part: Text | Written | Name, locale: Locale) -> str:
    return locale.say(part)
