"""The practice exchange: a small Telegram on the loopback interface, for the practice phone and the tests.

    async with BotApi("123456:practice") as api:
        app = Application.builder().token("123456:practice").base_url(api.base_url).build()
        maryam = api.user(7, "Maryam", "fa")
        maryam.start()
        reply = await maryam.hears()

It calls loopback addresses only and fetches nothing. `chats`, `entities`, `spec` know no rules;
`rules` and `pace` know no server; `updates` and `delivery` bring people's doings to the bot;
`methods` is the switchboard, `server` the front door.
"""

from .chats import Attachment, Button, Chat, Markup, MarkupKind, Message, Notice, Person, Standing
from .delivery import SECRET_HEADER, Patience
from .exchange import Accepted, Refused
from .faults import Fault, Faults
from .pace import Limits
from .people import CannotAct, Group, Tap, User
from .server import BotApi, Terms
from .spec import Refusal, Upload

__all__ = [
    "SECRET_HEADER",
    "Accepted",
    "Attachment",
    "BotApi",
    "Button",
    "CannotAct",
    "Chat",
    "Fault",
    "Faults",
    "Group",
    "Limits",
    "Markup",
    "MarkupKind",
    "Message",
    "Notice",
    "Patience",
    "Person",
    "Refusal",
    "Refused",
    "Standing",
    "Tap",
    "Terms",
    "Upload",
    "User",
]
