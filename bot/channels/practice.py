"""The practice phone: a lock screen and a chat in the browser, fed by the stand-in; Telegram without a network.

Only a demo opens it. What is tapped here travels the whole way: stand-in, webhook, turn, outbox, stand-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.channels.stand_in import BotApi, CannotAct, User
from bot.engine import House
from bot.http.forms import BadForm, read_form
from bot.http.languages import asked_language
from bot.http.static import static_files
from bot.messenger import spoken_in
from bot.speech import Locale, locale, locales
from bot.talk import Name, Slot, Text
from storage.vault import Store

PRACTICE_TOKEN = "1000001:practice-phone-without-a-network"  # noqa: S105  (opens nothing)
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Phone:
    """Whose phone it is: the person's id, her name, the language of its app, and her number at Telegram."""

    person: str
    name: str
    locale: str
    number: int


class PracticePhones:
    """The phones of a demo. `api` runs for as long as they are served; `store` and `house` know what each speaks."""

    def __init__(self, api: BotApi, phones: tuple[Phone, ...], store: Store, house: House) -> None:
        """Each phone has pressed Start once, so that the bot may write to it."""
        self._api, self._store, self._house = api, store, house
        self._phones: Mapping[str, Phone] = {phone.person: phone for phone in phones}
        self._static = static_files("bot.channels", "practice_static", prefix="/practice/s")

    @property
    def token(self) -> str:
        """The bot's token there; it opens nothing."""
        return PRACTICE_TOKEN

    @property
    def base_url(self) -> str:
        """Where the stand-in listens, as python-telegram-bot takes it."""
        return self._api.base_url

    def switch_on(self) -> None:
        """Press Start on every phone. Needs the loop that the stand-in runs on."""
        for phone in self._phones.values():
            self._user(phone).start()

    def serve(self, app: web.Application) -> None:
        """Add the phones' addresses."""
        app.router.add_get("/practice/phone/", self._all)
        app.router.add_get("/practice/phone/{person}", self._show)
        app.router.add_post("/practice/phone/{person}", self._touch)
        app.router.add_get("/practice/phone/{person}/mark", self._mark)
        app.router.add_get("/practice/phone/{person}/voice/{message}", self._voice)
        self._static.serve(app)

    async def _all(self, request: web.Request) -> web.Response:
        return _page("phones.html", _spoken(request), css=self._static.url("a.css"), phones=self._phones.values())

    async def _show(self, request: web.Request) -> web.Response:
        phone = self._of(request)
        user = self._user(phone)
        seen = [message for message in user.messages if message.author.is_bot and not message.silent]
        spoken = locale(await self._store.ask(lambda tx: spoken_in(tx, self._house, phone.number, phone.locale)))
        return _page(
            "phone.html",
            spoken,
            css=self._static.url("a.css"),
            js=self._static.url("a.js"),
            phone=phone,
            mark=user.chat.revision,
            # A locked screen shows the newest line and no more of it than fits.
            line=seen[-1].text.split("\n")[0][:120] if seen else "",
            messages=user.messages[-60:],
            longest=LONGEST,
            aloud=spoken.say(Text("face.aloud")),
            trial=spoken.say(Text("demo.title")),
        )

    async def _touch(self, request: web.Request) -> web.Response:
        phone, form = self._of(request), await read_form(request)
        if not isinstance(form, BadForm):
            self._do(self._user(phone), form)
        raise web.HTTPSeeOther(f"/practice/phone/{phone.person}")

    def _do(self, user: User, form: Mapping[str, str]) -> None:
        """What a thumb does. A phone that cannot do it just now does nothing."""
        words = form.get("text", "").strip()[:LONGEST]
        number, _, data = form.get("tap", "").partition(":")
        try:
            if number.isdecimal() and data:
                user.tap(int(number), data)
            elif form.get("start"):
                user.start()
            elif words.startswith("https://t.me/"):
                user.open(words)
            elif words:
                user.say(words)
        except CannotAct:
            return

    async def _mark(self, request: web.Request) -> web.Response:
        """A number that changes when something on the phone does."""
        return web.Response(text=str(self._user(self._of(request)).chat.revision))

    async def _voice(self, request: web.Request) -> web.Response:
        """What a voice message says."""
        number = request.match_info["message"]
        messages = {str(message.id): message for message in self._user(self._of(request)).messages}
        found = messages[number].attachment if number in messages else None
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found.file.content, content_type=found.file.mime)

    def _of(self, request: web.Request) -> Phone:
        phone = self._phones.get(request.match_info["person"])
        if phone is None:
            raise web.HTTPNotFound
        return phone

    def _user(self, phone: Phone) -> User:
        return self._api.user(phone.number, phone.name, phone.locale)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.channels", "practice_templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(template: str, spoken: Locale, **facts: object) -> web.Response:
    def word(key: str, **slots: str) -> str:
        named: dict[str, Slot] = {name: Name(value) for name, value in slots.items()}
        return spoken.say(Text(f"phone.{key}", named))

    drawn = _templates().get_template(template).render(spoken=spoken, word=word, **facts)
    return web.Response(text=drawn, content_type="text/html", charset="utf-8")


def _spoken(request: web.Request) -> Locale:
    tags = tuple(one.tag for one in locales())
    return locale(asked_language(request.query.get("l") or request.headers.get("Accept-Language"), tags))
