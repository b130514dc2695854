"""Settings: what may be said from outside, from where, what comes first, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Db, Keys, KeySource, SecretUnread, TelegramMode, Web, read_settings
from storage.carriers import Law

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's own environment says, these stories begin with nothing said."""
    for name in list(os.environ):
        if name.startswith("BREDVID_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


def test_with_nothing_said_it_listens_here_only_and_has_no_secret() -> None:
    settings = read_settings()
    assert settings.web.bind == "127.0.0.1:8080"
    assert settings.ops.bind == "127.0.0.1:8081"
    assert settings.telegram.mode is TelegramMode.OFF
    assert (settings.telegram.token, settings.telegram.webhook_secret) == (None, None)
    assert (settings.keys.provider, settings.keys.path) == (None, None)
    assert settings.database_url == "sqlite:///var/bredvid/store.db"
    assert settings.is_sqlite


def test_every_setting_is_said_by_its_name_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DIR": "/srv/bredvid", "DB__URL": "postgresql+psycopg://db/bredvid", "WEB__BIND": "0.0.0.0:80",
        "WEB__PUBLIC_URL": "https://chat.lindvik.example/", "OPS__BIND": "[::1]:9", "TELEGRAM__TOKEN": TOKEN,
        "TELEGRAM__API_BASE": "http://127.0.0.1:1", "TELEGRAM__MODE": "webhook", "TELEGRAM__WEBHOOK_SECRET": "s",
        "TELEGRAM__CONTENT": "true", "TELEGRAM__RATE": "0", "KEYS__PROVIDER": "file", "KEYS__PATH": "/srv/root.key",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"BREDVID_{name}", value)
    settings = read_settings()
    assert settings.dir == Path("/srv/bredvid")
    assert settings.database_url == "postgresql+psycopg://db/bredvid"
    assert not settings.is_sqlite
    assert (settings.web.bind, settings.web.public_url, settings.web.secure) == (
        "0.0.0.0:80", "https://chat.lindvik.example", True,
    )  # fmt: skip
    assert settings.ops.bind == "[::1]:9"
    telegram = settings.telegram
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == TOKEN
    assert (telegram.mode, telegram.content, telegram.rate) == (TelegramMode.WEBHOOK, True, 0.0)
    assert (settings.keys.provider, settings.keys.path) == (KeySource.FILE, Path("/srv/root.key"))


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_secret_can_lie_in_a_file_and_never_enters_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
    token = read_settings().telegram.token
    assert token is not None
    assert token.get_secret_value() == TOKEN
    assert TOKEN not in os.environ.values()


def test_what_is_said_outright_comes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("older", encoding="utf-8")
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN", TOKEN)
    token = read_settings().telegram.token
    assert token is not None
    assert token.get_secret_value() == TOKEN


@pytest.mark.parametrize("what", ["missing", "folder", "no text"])
def test_a_file_that_cannot_be_read_is_named_by_its_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "no text").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN_FILE", str(tmp_path / what))
    with pytest.raises(SecretUnread, match="BREDVID_TELEGRAM__TOKEN_FILE"):
        read_settings()


@pytest.mark.parametrize("name", ["bredvid_telegram__token", "BREDVID_TELEGRAM__TOKEN", "Bredvid_Telegram__Token"])
def test_the_service_manager_hands_over_a_file_named_like_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / "another_service__token").write_text("not ours", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("BREDVID_TELEGRAM__MODE", "polling")
    telegram = read_settings().telegram
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == TOKEN
    assert telegram.mode is TelegramMode.POLLING


def test_the_environment_comes_before_what_the_service_manager_handed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bredvid_telegram__token").write_text("older", encoding="utf-8")
    (tmp_path / "bredvid_keys__path").write_text("/run/root.key", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN", TOKEN)
    settings = read_settings()
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.keys.path == Path("/run/root.key")


def test_no_secret_shows_when_settings_are_printed_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREDVID_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("BREDVID_TELEGRAM__WEBHOOK_SECRET", "whisper")
    settings = read_settings()
    assert TOKEN not in f"{settings!r}{settings}"
    assert "whisper" not in f"{settings!r}{settings}"
    monkeypatch.setenv("BREDVID_TELEGRAM__MODE", TOKEN)
    with pytest.raises(ValidationError) as refused:
        read_settings()
    assert TOKEN not in str(refused.value)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://chat.lindvik.example", "http://127.0.0.1.example", "http://0.0.0.0:8080", "ftp://127.0.0.1", "127.0.0.1"],
)
def test_plain_http_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BREDVID_WEB__PUBLIC_URL", address)
    with pytest.raises(ValidationError, match="must be https"):
        read_settings()


@pytest.mark.parametrize("address", ["http://127.0.0.1:80", "http://localhost:8080/", "http://[::1]:1"])
def test_plain_http_on_this_machine_will_do(address: str) -> None:
    assert not Web(public_url=address).secure


@pytest.mark.parametrize("bind", ["0.0.0.0:8080", "[::]:8080", "10.0.0.7:8080"])
def test_without_https_it_does_not_listen_to_the_world(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    monkeypatch.setenv("BREDVID_WEB__BIND", bind)
    with pytest.raises(ValidationError, match="this machine only"):
        read_settings()
    monkeypatch.setenv("BREDVID_WEB__PUBLIC_URL", "https://chat.lindvik.example")
    assert read_settings().web.bind == bind


@pytest.mark.parametrize("bind", ["localhost", ":8080", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "8080"])
@pytest.mark.parametrize("whose", ["WEB", "OPS"])
def test_a_place_to_listen_is_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch, whose: str, bind: str) -> None:
    monkeypatch.setenv(f"BREDVID_{whose}__BIND", bind)
    with pytest.raises(ValidationError, match="host:port"):
        read_settings()


@pytest.mark.parametrize(("name", "value"), [("TELEGRAM__MODE", "pigeon"), ("KEYS__PROVIDER", "mattress"),
                                             ("TELEGRAM__RATE", "often")])  # fmt: skip
def test_what_there_is_not_cannot_be_chosen(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"BREDVID_{name}", value)
    with pytest.raises(ValidationError):
        read_settings()


def test_a_provider_is_https_and_knows_us_by_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = read_settings()
    assert (settings.oidc.issuer, settings.eid.issuer) == (None, None)
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    for whose in ("OIDC", "EID"):
        monkeypatch.setenv(f"BREDVID_{whose}__ISSUER", "https://login.lindvik.example")
        with pytest.raises(ValidationError, match="client id"):
            read_settings()
        monkeypatch.setenv(f"BREDVID_{whose}__CLIENT_ID", "bredvid")
        monkeypatch.setenv(f"BREDVID_{whose}__CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    settings = read_settings()
    for given in (settings.oidc, settings.eid):
        assert given.issuer == "https://login.lindvik.example"
        assert given.client_secret is not None
        assert given.client_secret.get_secret_value() == "hush"
    assert settings.eid.acr == ("http://id.elegnamnden.se/loa/1.0/loa3",)
    assert "hush" not in f"{settings!r}"
    for address in ("http://login.lindvik.example", "ftp://127.0.0.1", "login.lindvik.example"):
        monkeypatch.setenv("BREDVID_OIDC__ISSUER", address)
        with pytest.raises(ValidationError, match="must be https"):
            read_settings()


def test_the_demo_touches_nobody_elses_store_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREDVID_DB__URL", "postgresql+psycopg://db/the_real_one")
    monkeypatch.setenv("BREDVID_KEYS__PROVIDER", "file")
    monkeypatch.setenv("BREDVID_KEYS__PATH", "/srv/root.key")
    settings = read_settings(dir=Path("var/demo"), db=Db(), keys=Keys(path=Path("var/demo/root.key")))
    assert settings.database_url == "sqlite:///var/demo/store.db"
    assert (settings.keys.provider, settings.keys.path) == (None, Path("var/demo/root.key"))


def test_the_municipality_says_whether_there_is_a_file_of_its_own_and_how_long_the_law_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_settings().carriers.law() == Law(4, 2, "")
    monkeypatch.setenv("BREDVID_CARRIERS__OWN", "KF 2026 § 14")
    monkeypatch.setenv("BREDVID_CARRIERS__INVESTIGATION", "6")
    assert read_settings().carriers.law() == Law(6, 2, "KF 2026 § 14")
    monkeypatch.setenv("BREDVID_CARRIERS__INVESTIGATION", "0")
    with pytest.raises(ValueError, match="at least a month"):
        read_settings()


def test_a_house_says_how_many_cases_one_worker_opens_in_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().terms.table().cases_an_hour == 60
    monkeypatch.setenv("BREDVID_TERMS__CASES_AN_HOUR", "120")
    assert read_settings().terms.table().cases_an_hour == 120
    monkeypatch.setenv("BREDVID_TERMS__CASES_AN_HOUR", "0")
    with pytest.raises(ValidationError):
        read_settings()
