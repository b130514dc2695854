"""Audio: what a sound file really is, read from its own bytes: MP3 or Opus in Ogg, whole, short, without notes.

Two containers are taken. Every browser since about 2010 plays MP3, and Telegram takes it as a voice message, so it is
the one to prefer. Opus in Ogg is what Telegram itself records in and half the size; phones from Apple play it in a
page only since 2025 (Safari 18.4). Nothing is decoded here: pages and frames are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# Telegram shows a voice message as one up to 1 MB; whoever listens on a bought data plan is glad of less.
LARGEST = 1_000_000
LONGEST = 180.0
OPUS_RATE = 48_000
_OGG, _OPUS, _TAGS = b"OggS", b"OpusHead", b"OpusTags"
_HEAD, _FIRST, _LAST = 27, 2, 4
_ID3V1 = 128
# MPEG 1 and 2, layer III: kbit/s by index, Hz by index, samples a frame (ISO/IEC 11172-3, 13818-3).
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = (44_100, 48_000, 32_000)
_FEWEST_FRAMES = 3


class Container(StrEnum):
    """What a file is; the value is the ending of its name."""

    MP3 = "mp3"
    OGG = "ogg"

    @property
    def mime(self) -> str:
        """The media type that a page names."""
        return "audio/mpeg" if self is Container.MP3 else "audio/ogg"


class Unfit(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    NOT_OPUS = "not_opus"
    CUT_OFF = "cut_off"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that will do: its bytes as they are kept, and how long it is."""

    container: Container
    seconds: float
    body: bytes


def read_sound(raw: bytes) -> Sound | Unfit:
    """A file as it can be kept, or what is wrong with it. Of an MP3 only the sound is kept, not the notes on it."""
    if not raw:
        return Unfit.EMPTY
    if len(raw) > LARGEST:
        return Unfit.TOO_LARGE
    found = _ogg(raw) if raw.startswith(_OGG) else _mp3(raw)
    if isinstance(found, Unfit):
        return found
    if found.seconds <= 0:
        return Unfit.SILENT
    return Unfit.TOO_LONG if found.seconds > LONGEST else found


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of an Ogg stream (RFC 3533, 6): its flags, its place in the sound, whose stream, its content."""

    flags: int
    granule: int
    stream: int
    content: bytes


def _ogg(raw: bytes) -> Sound | Unfit:
    pages = list(_pages(raw))
    if not pages or pages[-1] is None:
        return Unfit.CUT_OFF
    whole = [page for page in pages if page is not None]
    first = whole[0]
    if not first.flags & _FIRST or not first.content.startswith(_OPUS) or len(first.content) < len(_OPUS) + 4:
        return Unfit.NOT_OPUS
    if any(page.stream != first.stream for page in whole) or not any(p.content.startswith(_TAGS) for p in whole):
        return Unfit.NOT_OPUS
    if not whole[-1].flags & _LAST:
        return Unfit.CUT_OFF
    # RFC 7845, 4: the last page's place less what the decoder throws away at the start.
    skipped = int.from_bytes(first.content[10:12], "little")
    return Sound(Container.OGG, (whole[-1].granule - skipped) / OPUS_RATE, raw)


def _pages(raw: bytes) -> Iterator[_Page | None]:
    """The pages one after another; None for what is no whole page, and then the end."""
    at = 0
    while at < len(raw):
        head = raw[at : at + _HEAD]
        if len(head) < _HEAD or not head.startswith(_OGG):
            yield None
            return
        sizes = raw[at + _HEAD : at + _HEAD + head[26]]
        begin = at + _HEAD + head[26]
        at = begin + sum(sizes)
        if len(sizes) < head[26] or at > len(raw):
            yield None
            return
        granule = int.from_bytes(head[6:14], "little", signed=True)
        yield _Page(head[5], granule, int.from_bytes(head[14:18], "little"), raw[begin:at])


def _mp3(raw: bytes) -> Sound | Unfit:
    begin, end = _after_notes(raw), len(raw)
    if raw[-_ID3V1:].startswith(b"TAG"):
        end -= _ID3V1
    at, frames, seconds = begin, 0, 0.0
    while at < end:
        frame = _frame(raw[at : at + 4])
        if frame is None or at + frame[0] > end:
            break
        at, frames, seconds = at + frame[0], frames + 1, seconds + frame[1]
    if frames < _FEWEST_FRAMES:
        return Unfit.UNKNOWN
    # What stands behind the last whole frame is notes of another sort; a frame that begins there was cut off.
    if at < end and _frame(raw[at : at + 4]) is not None:
        return Unfit.CUT_OFF
    return Sound(Container.MP3, seconds, raw[begin:at])


def _after_notes(raw: bytes) -> int:
    """Where the sound begins behind an ID3v2 tag, whose length has seven bits a byte."""
    if not raw.startswith(b"ID3") or len(raw) < 10:
        return 0
    size = 0
    for byte in raw[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if raw[5] & 0x10 else 0)


def _frame(head: bytes) -> tuple[int, float] | None:
    """The bytes and seconds of a frame of layer III; None when no such frame begins here."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, hertz, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or rate in (0, 15) or hertz == 3:
        return None
    one = version == 3
    kilobits = (_RATES_1 if one else _RATES_2)[rate]
    samples_a_second = _HERTZ[hertz] >> (0 if one else 1 if version == 2 else 2)
    samples = 1152 if one else 576
    return samples // 8 * kilobits * 1000 // samples_a_second + padding, samples / samples_a_second
