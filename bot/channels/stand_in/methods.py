"""The switchboard: one small function for each Bot API method this stand-in speaks."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2b

from . import rules
from .chats import Attachment, Chat, Markup, Message, Notice, Standing
from .cloud import Cloud
from .entities import Parsed
from .spec import Call, Refusal, Upload, bad

Method = Callable[[Cloud, Call], object]
"""Carries out a call that fits the schema; gives its JSON result or a `Refusal`."""


def get_me(cloud: Cloud, call: Call) -> object:
    return {
        **cloud.bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def set_webhook(cloud: Cloud, call: Call) -> object:
    webhook = rules.webhook_of(call)
    if isinstance(webhook, Refusal):
        return webhook
    cloud.updates.allow(call)
    if call.flag("drop_pending_updates"):
        cloud.updates.drop()
    cloud.updates.hook(webhook)
    return True


def delete_webhook(cloud: Cloud, call: Call) -> object:
    if call.flag("drop_pending_updates"):
        cloud.updates.drop()
    cloud.updates.hook(None)
    return True


def get_webhook_info(cloud: Cloud, call: Call) -> object:
    return cloud.updates.webhook_json()


def send_message(cloud: Cloud, call: Call) -> object:
    text = rules.text_of(call)
    return text if isinstance(text, Refusal) else _send(cloud, call, text, None)


def send_file(cloud: Cloud, call: Call) -> object:
    kind = call.method.removeprefix("send").lower()
    caption, attachment = rules.caption_of(call), _attachment(cloud, call, kind)
    if isinstance(caption, Refusal):
        return caption
    if isinstance(attachment, Refusal):
        return attachment
    return _send(cloud, call, caption, attachment)


def _attachment(cloud: Cloud, call: Call, kind: str) -> Attachment | Refusal:
    given = call.fields[kind]
    if isinstance(given, Upload):
        wrong = rules.file_fits(kind, given.content)
        if wrong is not None:
            return wrong
        digest = blake2b(given.content, digest_size=12, salt=str(cloud.number()).encode()).hexdigest()
        mime = given.mime or mimetypes.guess_type(given.name)[0] or "application/octet-stream"
        attachment = Attachment(kind, digest, replace(given, mime=mime))
        cloud.store(attachment)
        return attachment
    known = cloud.file(str(given))
    if known is None or known.kind != kind:
        # A web address ends here too: nothing is fetched from anywhere.
        return bad("wrong file identifier/HTTP URL specified")
    return known


def _send(cloud: Cloud, call: Call, text: Parsed, attachment: Attachment | None) -> object:
    markup = rules.markup_of(call)
    if isinstance(markup, Refusal):
        return markup
    chat = _chat(cloud, call)
    if isinstance(chat, Refusal):
        return chat
    reply = call.item("reply_parameters") or {}
    reply_to = reply.get("message_id")
    if reply_to is not None and reply_to not in chat.messages:
        if reply.get("allow_sending_without_reply") is not True:
            return bad("message to be replied not found")
        reply_to = None
    message = Message(
        id=cloud.next_message_id(),
        chat_id=chat.id,
        author=cloud.bot,
        at=cloud.clock(),
        text=text.text,
        entities=text.entities,
        markup=markup,
        attachment=attachment,
        reply_to=reply_to if isinstance(reply_to, int) else None,
        protected=call.flag("protect_content"),
        silent=call.flag("disable_notification"),
    )
    return chat.written(chat.put(message, by_bot=True))


def edit_message_text(cloud: Cloud, call: Call) -> object:
    text, markup = rules.text_of(call), rules.markup_of(call)
    if isinstance(text, Refusal):
        return text
    found = _to_edit(cloud, call, markup)
    if isinstance(found, Refusal):
        return found
    chat, message, inline = found
    if message.attachment is not None:
        return bad("there is no text in the message to edit")
    return _edit(cloud, chat, message, replace(message, text=text.text, entities=text.entities, markup=inline))


def edit_message_reply_markup(cloud: Cloud, call: Call) -> object:
    found = _to_edit(cloud, call, rules.markup_of(call))
    if isinstance(found, Refusal):
        return found
    chat, message, inline = found
    return _edit(cloud, chat, message, replace(message, markup=inline))


def _to_edit(
    cloud: Cloud, call: Call, markup: Markup | Refusal | None
) -> tuple[Chat, Message, Markup | None] | Refusal:
    """The chat, the message and the buttons it shall have; the schema asks for none of the three."""
    if isinstance(markup, Refusal):
        return markup
    missing = _missing_target(call)
    chat = missing or _chat(cloud, call)
    if isinstance(chat, Refusal):
        return chat
    message = chat.messages.get(call.number("message_id") or 0)
    wrong = rules.may_edit(message, cloud.bot.id)
    if wrong is not None or message is None:
        return wrong or bad("message to edit not found")
    return chat, message, markup if markup and markup.rows else None


def _missing_target(call: Call) -> Refusal | None:
    if call.text("inline_message_id"):
        return bad("MESSAGE_ID_INVALID")
    if "chat_id" not in call.fields:
        return bad("chat_id is empty")
    return None if "message_id" in call.fields else bad("message identifier is not specified")


def _edit(cloud: Cloud, chat: Chat, before: Message, after: Message) -> object:
    if (before.text, before.entities, before.rows) == (after.text, after.entities, after.rows):
        return bad(
            "message is not modified: specified new message content and reply markup are exactly the"
            " same as a current content and reply markup of the message"
        )
    return chat.written(chat.put(replace(after, edited_at=cloud.clock()), by_bot=True))


def delete_message(cloud: Cloud, call: Call) -> object:
    chat = _chat(cloud, call)
    if isinstance(chat, Refusal):
        return chat
    message_id, now = call.number("message_id") or 0, cloud.clock()
    wrong = rules.may_delete(chat, chat.messages.get(message_id), cloud.bot.id, now)
    if wrong is not None:
        return wrong
    chat.delete(message_id, now)
    return True


def answer_callback_query(cloud: Cloud, call: Call) -> object:
    query = cloud.query(call.text("callback_query_id"))
    if query is None:
        return bad("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > rules.NOTICE_LETTERS:
        return bad("MESSAGE_TOO_LONG")
    notice = Notice(query.id, call.text("text"), call.flag("show_alert"), call.text("url"))
    cloud.chats[query.chat_id].notice(notice)
    return True


def set_my_commands(cloud: Cloud, call: Call) -> object:
    commands, language = rules.commands_of(call), rules.language_of(call)
    if isinstance(commands, Refusal):
        return commands
    if isinstance(language, Refusal):
        return language
    scope = dict(call.item("scope") or {"type": "default"})
    place = scope.pop("type")
    name = f"{place} {json.dumps(scope, sort_keys=True)}" if scope else str(place)
    cloud.profile.commands[name, language] = commands
    return True


def _says(field: str, most: int, target: Callable[[Cloud], dict[str, str]]) -> Method:
    """A method that keeps one short text for each language; the empty text takes it away."""

    def carry_out(cloud: Cloud, call: Call) -> object:
        language, text = rules.language_of(call), call.text(field)
        if isinstance(language, Refusal):
            return language
        if len(text) > most:
            return bad(f"{field.replace('_', ' ')} is too long")
        target(cloud)[language] = text
        return True

    return carry_out


def leave_chat(cloud: Cloud, call: Call) -> object:
    chat = _chat(cloud, call)
    if isinstance(chat, Refusal):
        return chat
    if not chat.is_group:
        return bad("chat member status can't be changed in private chats")
    cloud.stand(chat, Standing.LEFT, cloud.bot)
    return True


def _chat(cloud: Cloud, call: Call) -> Chat | Refusal:
    chat = cloud.chats.get(call.chat) if call.chat is not None else None
    return rules.may_reach(chat) or chat or bad("chat not found")


METHODS: Mapping[str, Method] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_file,
    "sendPhoto": send_file,
    "sendAudio": send_file,
    "sendVoice": send_file,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "setMyName": _says("name", 64, lambda cloud: cloud.profile.names),
    "setMyDescription": _says("description", 512, lambda cloud: cloud.profile.descriptions),
    "setMyShortDescription": _says("short_description", 120, lambda cloud: cloud.profile.short_descriptions),
    "leaveChat": leave_chat,
}

SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto", "sendAudio", "sendVoice"})
"""The methods that the sending limits count."""
