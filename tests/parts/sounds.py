"""Sound files of a few hundred bytes, made here sign by sign: a second of silence, whole and playable.

Nobody's voice is in the repository: what a story plays is silence in a real container.
"""

from __future__ import annotations

import struct
from datetime import date

from bot.audio import Sound, read_sound
from bot.recordings import Recording, Recordings

_SILENCE = b"\xf8\xff\xfe"  # an Opus packet of twenty milliseconds of silence, one channel
_TWENTY_MS = 960  # in samples of 48 kHz
_SKIP = 312
_POLYNOMIAL = 0x04C11DB7


def opus(seconds: float = 1.0, *, cut: bool = False, head: bytes = b"OpusHead") -> bytes:
    """Silence as Opus in Ogg (RFC 7845). `cut` leaves the last page out; `head` may claim another codec."""
    packets = max(1, round(seconds * 50))
    identity = head + struct.pack("<BBHIhB", 1, 1, _SKIP, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"none" + struct.pack("<I", 0)
    pages = [_page(2, 0, 0, [identity]), _page(0, 0, 1, [tags])]
    for number, at in enumerate(range(0, packets, 250), 2):
        some = min(250, packets - at)
        last = at + some == packets
        pages.append(_page(4 if last else 0, _SKIP + (at + some) * _TWENTY_MS, number, [_SILENCE] * some))
    return b"".join(pages[:-1] if cut else pages)


def mp3(seconds: float = 1.0, *, notes: bytes = b"") -> bytes:
    """Silence as MP3 of 32 kbit/s at 24 kHz, one channel; `notes` are put before it as an ID3v2 tag."""
    # MPEG 2, layer III, no checksum; 32 kbit/s, 24 kHz; one channel. All noughts after that is silence.
    frame = bytes((0xFF, 0xF3, 0x44, 0xC0)) + bytes(92)
    sound = frame * max(1, round(seconds / 0.024))
    if not notes:
        return sound
    size = len(notes)
    seven = bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127))
    return b"ID3\x03\x00\x00" + seven + notes + sound


def keep(recordings: Recordings, tag: str, keys: tuple[str, ...], raw: bytes) -> Recording:
    """Have these texts read aloud, in silence."""
    sound = read_sound(raw)
    assert isinstance(sound, Sound), sound
    return recordings.keep(sound, keys, tag, by="Amina Warsame", on=date(2026, 11, 23))


def _page(flags: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, granule, 1, number, 0, len(packets))
    whole = bytearray(head + bytes(map(len, packets)) + b"".join(packets))
    struct.pack_into("<I", whole, 22, _checksum(whole))
    return bytes(whole)


def _checksum(page: bytearray) -> int:
    """The checksum of a page (RFC 3533, 6): not turned about, begun with nought."""
    sum_ = 0
    for byte in page:
        sum_ ^= byte << 24
        for _ in range(8):
            sum_ = (sum_ << 1 ^ (_POLYNOMIAL if sum_ & 0x80000000 else 0)) & 0xFFFFFFFF
    return sum_
