"""Where the root may live beside a file: in the service manager's credential, or with a key service."""

from __future__ import annotations

import base64
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage._key_folder import KeyMissing, KeysAway, WrongRoot
from storage.commands import WriteEntry
from storage.consent import Reason, Withheld
from storage.keys import CREDENTIAL, NEXT_CREDENTIAL, CredentialKeys, FileKeys, KeyProvider, Keyring
from storage.queries import WholeEntries
from storage.transit import Transit, TransitKeys
from storage.vault import Store
from tests.parts.ports import a_free_port
from tests.parts.transit import KeyService, key_service
from tests.storage.family import CASE, HANNA, Family, full_entry, move_in
from tests.storage.house import Clock, House, open_house

MONTH = "2046-03"


@pytest.fixture
def service() -> Iterator[KeyService]:
    """A key service that answers."""
    with key_service() as running:
        yield running


def transit(service: KeyService, folder: Path, token: str | None = None, key: str | None = None) -> TransitKeys:
    """The provider, as the settings would make it."""
    line = Transit(service.address, token or service.token, None, key or service.key)
    return TransitKeys(line, folder / "keys")


def credential(folder: Path, name: str = CREDENTIAL) -> Path:
    """The folder in which the service manager has put a root."""
    there = folder / "credentials"
    there.mkdir(exist_ok=True)
    (there / name).write_bytes(base64.b64encode(secrets.token_bytes(32)) + b"\n")
    return there


@pytest.fixture(params=["file", "systemd", "vault"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    """Each of the three, new, and ready to be rotated."""
    if request.param == "file":
        return FileKeys(tmp_path / "root.key", make=True)
    if request.param == "vault":
        return transit(request.getfixturevalue("service"), tmp_path)
    return CredentialKeys(credential(tmp_path), tmp_path / "keys")


def _content(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_every_provider_keeps_what_it_made_and_nothing_of_it_in_clear(provider: KeyProvider, tmp_path: Path) -> None:
    ring = Keyring(provider)
    ring.ensure_month(MONTH)
    again = Keyring(provider)
    keys = provider.fetch_all()
    assert {name: again[name] for name in keys if ":20" not in name} == {
        n: k for n, k in keys.items() if ":20" not in n
    }
    assert again.month(MONTH) == ring.month(MONTH) is not None
    for key in keys.values():
        for shape in (key, base64.b64encode(key)[:40], key.hex().encode()):
            assert shape not in _content(tmp_path)


def test_a_new_root_opens_everything_and_the_old_wrapping_is_nowhere(provider: KeyProvider, tmp_path: Path) -> None:
    Keyring(provider).ensure_month(MONTH)
    if isinstance(provider, CredentialKeys):
        credential(tmp_path, NEXT_CREDENTIAL)
    before, keys = _content(tmp_path), provider.fetch_all()
    wrapped = [file.read_bytes() for file in tmp_path.rglob("*.key") if file.parent.name in ("keys", "root.key.d")]
    steps = list(provider.rotate())
    assert steps[-1] == (len(keys), len(keys))
    assert provider.fetch_all() == keys
    after = _content(tmp_path)
    assert all(one in before and one not in after for one in wrapped)


def test_a_rotation_that_was_cut_off_is_gone_on_with(provider: KeyProvider, tmp_path: Path) -> None:
    """After any number of keys; both roots lie there until all is done."""
    Keyring(provider).ensure_month(MONTH)
    if isinstance(provider, CredentialKeys):
        credential(tmp_path, NEXT_CREDENTIAL)
    keys = provider.fetch_all()
    for cut in range(1, len(keys)):
        steps = provider.rotate()
        for _ in range(cut):
            next(steps)
        assert provider.fetch_all() == keys
    made = provider.create("month:2047-01")
    assert list(provider.rotate())[-1] == (len(keys) + 1, len(keys) + 1)
    assert provider.fetch_all() == {**keys, "month:2047-01": made}


def test_a_destroyed_key_leaves_a_mark_and_no_other(provider: KeyProvider, tmp_path: Path) -> None:
    ring = Keyring(provider)
    ring.ensure_month(MONTH)
    ring.destroy_month(MONTH)
    assert provider.gone() == {f"month:{MONTH}"}
    assert f"month:{MONTH}" not in provider.names()
    assert [file.stat().st_size for file in tmp_path.rglob("*.gone")] == [0]


# --- the service manager's credential -----------------------------------------------------------------------


def test_without_a_credential_it_is_said_plainly(tmp_path: Path) -> None:
    for given in (None, tmp_path):
        with pytest.raises(KeyMissing, match="gave no credential"):
            CredentialKeys(given, tmp_path / "keys")


def test_the_next_credential_takes_the_first_ones_place_after_the_rotation(tmp_path: Path) -> None:
    there = credential(tmp_path)
    provider = CredentialKeys(there, tmp_path / "keys")
    ring = Keyring(provider)
    with pytest.raises(KeyMissing, match=NEXT_CREDENTIAL):
        list(provider.rotate())
    credential(tmp_path, NEXT_CREDENTIAL)
    list(provider.rotate())
    (there / NEXT_CREDENTIAL).replace(there / CREDENTIAL)
    assert Keyring(CredentialKeys(there, tmp_path / "keys"))["mac"] == ring["mac"]


def test_changed_too_early_it_opens_nothing_and_nothing_is_lost(tmp_path: Path) -> None:
    there = credential(tmp_path)
    old = (there / CREDENTIAL).read_bytes()
    ring = Keyring(CredentialKeys(there, tmp_path / "keys"))
    credential(tmp_path)
    with pytest.raises(WrongRoot):
        Keyring(CredentialKeys(there, tmp_path / "keys"))
    (there / CREDENTIAL).write_bytes(old)
    assert Keyring(CredentialKeys(there, tmp_path / "keys"))["mac"] == ring["mac"]


# --- the key service ----------------------------------------------------------------------------------------


def test_the_service_is_asked_once_for_all_keys_and_never_sees_a_second_token(
    service: KeyService, tmp_path: Path
) -> None:
    Keyring(transit(service, tmp_path))
    service.asked.clear()
    Keyring(transit(service, tmp_path))
    assert service.asked == ["/v1/transit/decrypt/bredvid"]


def test_after_a_rotation_the_older_version_opens_nothing_any_more(service: KeyService, tmp_path: Path) -> None:
    provider = transit(service, tmp_path)
    Keyring(provider)
    shutil.copytree(tmp_path / "keys", tmp_path / "stolen")
    list(provider.rotate())
    assert (len(service.versions), service.oldest) == (2, 2)
    with pytest.raises(WrongRoot):
        TransitKeys(Transit(service.address, service.token, None, service.key), tmp_path / "stolen").fetch_all()


def test_a_key_renamed_as_another_is_refused(service: KeyService, tmp_path: Path) -> None:
    provider = transit(service, tmp_path)
    Keyring(provider)
    shutil.copy(tmp_path / "keys" / "audit.key", tmp_path / "keys" / "mac.key")
    with pytest.raises(WrongRoot, match="'mac'"):
        provider.fetch_all()


def test_each_way_in_which_the_service_fails_is_one_sentence(service: KeyService, tmp_path: Path) -> None:
    Keyring(transit(service, tmp_path))
    with pytest.raises(KeyMissing, match="does not accept the token"):
        transit(service, tmp_path, token="s.other").fetch_all()
    with pytest.raises(KeyMissing, match="no transit key 'other'"):
        transit(service, tmp_path, key="other").fetch_all()
    nowhere = Transit(f"http://127.0.0.1:{a_free_port()}", "t", None, "bredvid")
    with pytest.raises(KeysAway, match="does not answer"):
        TransitKeys(nowhere, tmp_path / "keys").fetch_all()
    with pytest.raises(KeyMissing, match="cannot be read from"):
        TransitKeys(Transit(service.address, "", tmp_path / "token", "bredvid"), tmp_path / "keys").fetch_all()
    service.sealed = True
    with pytest.raises(KeysAway, match="is sealed"):
        transit(service, tmp_path).fetch_all()
    service.sealed, service.versions = False, [secrets.token_bytes(32)]
    with pytest.raises(WrongRoot, match="does not open"):
        transit(service, tmp_path).fetch_all()


@pytest.fixture
def house(service: KeyService, tmp_path: Path) -> Iterator[House]:
    """A house whose root is with the service."""
    url = f"sqlite:///{tmp_path}/store.db"
    store = Store(url, transit(service, tmp_path), clock=Clock(), migrate=True)
    try:
        yield House(store, Clock(), url, tmp_path)
    finally:
        store.close()


def test_while_the_service_is_away_what_is_open_stays_open_and_what_needs_a_new_key_is_refused_whole(
    house: House, service: KeyService
) -> None:
    family: Family = move_in(house)
    service.sealed = True
    family.write(full_entry())
    assert len(house.see(HANNA, WholeEntries(CASE))) == 1
    before = house.counts()
    with pytest.raises(KeysAway):
        house.carry_in("noa")
    assert house.counts() == before
    family.write(full_entry("trial"))
    service.sealed = False
    assert house.carry_in("noa").changed > 0


def test_a_folder_of_keys_that_was_lost_is_not_called_a_culling(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    with open_house(url, tmp_path) as house:
        move_in(house)
    lost = tmp_path / "root.key.d" / f"month+{MONTH}.key"
    kept = lost.rename(tmp_path / "kept")
    with pytest.raises(KeyMissing, match="keys of 1 months are missing"), open_house(url, tmp_path):
        pass
    kept.rename(lost)
    with open_house(url, tmp_path) as house:
        assert house.see(HANNA, WholeEntries(CASE)) == ()
        lost.unlink()
        house.store.keyring.refresh()
        house.store.smith.forget()
        assert house.ask(HANNA, WholeEntries(CASE)) == Withheld(Reason.INTEGRITY)
        assert house.do(HANNA, WriteEntry(CASE, full_entry())) == Withheld(Reason.INTEGRITY)
