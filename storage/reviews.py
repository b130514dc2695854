"""Signatures of texts: the municipality's own rows, each with a digest of what was signed."""

from __future__ import annotations

from storage import _sql as sql
from storage._sealing import Place
from storage._sql import Tx


def keep_review(tx: Tx, tag: str, kind: str, digest: bytes, by: str) -> None:
    """Keep one signature in place of an earlier one."""
    tx.run(sql.DROP_REVIEW, {"of_tag": tag, "of_kind": kind})
    place = Place(tx.tenant, "review", f"{tag}.{kind}", "house", "audit", 1, 1)
    sealed = tx.smith.standing("audit").seal(by.encode(), place.bound())
    tx.run(sql.ADD_REVIEW, {"tag": tag, "kind": kind, "digest": digest, "at": tx.now_ms, "sealed": sealed})


def reviews(tx: Tx) -> dict[tuple[str, str], bytes]:
    """The digest signed for each language and kind."""
    return {(row.tag, row.kind): row.digest for row in tx.rows(sql.REVIEWS, {})}
