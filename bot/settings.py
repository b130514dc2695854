"""Settings: typed, read once from the environment, files or the service manager's credentials; no default secrets."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.groups import Group, groups_in
from bot.house_rules import AgePolicy, CarrierPolicy, TermPolicy
from bot.units import Units

PREFIX = "BREDVID_"
FILE = "_FILE"
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
HIGHEST_PORT = 65_535


class SecretUnread(Exception):
    """A file that a setting names cannot be read."""


def _place(value: str) -> str:
    """`host:port`, with a port there can be."""
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
        raise ValueError("write it as host:port, for example 127.0.0.1:8080")
    return value


class KeySource(StrEnum):
    """Where the root key lives."""

    FILE = "file"
    SYSTEMD = "systemd"
    VAULT = "vault"


class TelegramMode(StrEnum):
    """How messages come in from Telegram."""

    OFF = "off"
    POLLING = "polling"
    WEBHOOK = "webhook"


class Db(BaseModel):
    """The database; without a URL it is SQLite in `DIR`."""

    url: str | None = None


class Web(BaseModel):
    """Where the chat and the console listen, and what the world calls them."""

    bind: Annotated[str, AfterValidator(_place)] = "127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8080"

    @field_validator("public_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
            return value.rstrip("/")
        raise ValueError("the public address must be https; plain http is for this machine only")

    @model_validator(mode="after")
    def _plain_only_here(self) -> Self:
        if not self.secure and self.bind.rpartition(":")[0] not in LOOPBACK:
            raise ValueError("without https it may listen on this machine only; give an https public address")
        return self

    @property
    def secure(self) -> bool:
        """Whether the public address is https."""
        return self.public_url.startswith("https://")


class Ops(BaseModel):
    """Where health and metrics listen; never in public."""

    bind: Annotated[str, AfterValidator(_place)] = "127.0.0.1:8081"


class Telegram(BaseModel):
    """The bot's account and manners. `rate` is messages a second; 0 is unpaced."""

    token: SecretStr | None = None
    api_base: str = "https://api.telegram.org"
    mode: TelegramMode = TelegramMode.OFF
    webhook_secret: SecretStr | None = None
    content: bool = False
    rate: float = 25.0


class Oidc(BaseModel):
    """A provider of OpenID Connect and what we are to it. Not used while it has no issuer."""

    issuer: str | None = None
    client_id: str = ""
    client_secret: SecretStr | None = None

    @field_validator("issuer")
    @classmethod
    def _https_or_loopback(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if not value or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
            return value or None
        raise ValueError("the issuer must be https; plain http is for this machine only")

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("an issuer needs the client id it knows this house by")
        return self


class Eid(Oidc):
    """The broker of e-IDs, by the Swedish profile of OpenID Connect (oidc.se) unless said otherwise.

    `acr` are the levels that will do, `number` is the claim that holds the personal number.
    """

    acr: tuple[str, ...] = ("http://id.elegnamnden.se/loa/1.0/loa3",)
    scope: str = "openid https://id.oidc.se/scope/naturalPersonNumber https://id.oidc.se/scope/naturalPersonInfo"
    number: str = "https://id.oidc.se/claim/personalIdentityNumber"


class Keys(BaseModel):
    """The key provider. `serve` wants it named; the demo keeps a file in its `DIR`.

    `path` is the root key's file, or for the other two the folder of wrapped keys. The rest is for Vault or OpenBao:
    its address, a token (read anew from its file each time), the transit key's name, where transit is mounted, a CA,
    and how many seconds `serve` waits for a service that is not up yet.
    """

    provider: KeySource | None = None
    path: Path | None = None
    address: str | None = None
    token: SecretStr | None = None
    token_file: Path | None = None
    name: str = "bredvid"
    mount: str = "transit"
    ca: Path | None = None
    wait: float = 60.0

    @field_validator("address")
    @classmethod
    def _https_or_here(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value is None or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
            return value
        raise ValueError("the key service must be reached by https; plain http is for this machine only")


class Audit(BaseModel):
    """Where the daily anchors lie; best where the database's keeper cannot write. Without it: `DIR/anchors`."""

    anchor_dir: Path | None = None


class Safety(BaseModel):
    """Where the log lies that a restored copy is held against; best on another disk. Without it: `DIR/safety`."""

    dir: Path | None = None


class Recorded(BaseModel):
    """Where the municipality's own recordings lie, a folder for each language; they come before the package's own."""

    dir: Path | None = None


class LocalGroups(BaseModel):
    """Where the file lies with the groups of this town (see `bot.groups`); without it there are none."""

    file: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self.rows()
        return self

    def rows(self) -> tuple[Group, ...]:
        """The groups, as the file has them now. Raises `ValueError` for a file that is not there or not whole."""
        if self.file is None:
            return ()
        try:
            return groups_in(self.file.read_text(encoding="utf-8"))
        except OSError as away:
            msg = f"cannot read {self.file}"
            raise ValueError(msg) from away


class Settings(BaseSettings):
    """Everything that may be set from outside, prefix `BREDVID_`, nested by `__`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", hide_input_in_errors=True
    )

    dir: Path = Path("var/bredvid")
    db: Db = Field(default_factory=Db)
    web: Web = Field(default_factory=Web)
    ops: Ops = Field(default_factory=Ops)
    telegram: Telegram = Field(default_factory=Telegram)
    keys: Keys = Field(default_factory=Keys)
    oidc: Oidc = Field(default_factory=Oidc)
    eid: Eid = Field(default_factory=Eid)
    audit: Audit = Field(default_factory=Audit)
    safety: Safety = Field(default_factory=Safety)
    audio: Recorded = Field(default_factory=Recorded)
    groups: LocalGroups = Field(default_factory=LocalGroups)
    ages: AgePolicy = Field(default_factory=AgePolicy)
    terms: TermPolicy = Field(default_factory=TermPolicy)
    carriers: CarrierPolicy = Field(default_factory=CarrierPolicy)
    units: Units = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files it names, then the service manager's credentials."""
        if isinstance(env_settings, EnvSettingsSource):
            env_settings.env_vars = {**_from_files(), **env_settings.env_vars}
        if not (folder := os.environ.get("CREDENTIALS_DIRECTORY")):
            return init_settings, env_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=folder, secrets_prefix=PREFIX.lower(), secrets_nested_delimiter="__"
        )
        return init_settings, env_settings, secrets

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL."""
        return self.db.url or f"sqlite:///{self.dir / 'store.db'}"

    def told(self) -> dict[str, str]:
        """What a verb needs to know of the settings, wherever it is carried out."""
        return {"public_url": self.web.public_url, "issuer": self.oidc.issuer or "", "anchors": str(self.anchor_dir),
                "recordings": str(self.audio.dir or "")}  # fmt: skip

    @property
    def anchor_dir(self) -> Path:
        """The folder of the daily anchors."""
        return self.audit.anchor_dir or self.dir / "anchors"

    @property
    def safety_dir(self) -> Path:
        """The folder of the safety log."""
        return self.safety.dir or self.dir / "safety"

    @property
    def is_sqlite(self) -> bool:
        """Whether one process holds the store."""
        return self.database_url.startswith("sqlite")

    @property
    def on_trial(self) -> bool:
        """Whether only this machine reaches the house, its root in a named file: nobody's case is here yet."""
        return self.keys.provider is KeySource.FILE and not self.web.secure


def read_settings(**given: object) -> Settings:
    """The settings as they stand now; what is given here comes before everything else."""
    return Settings(**given)  # type: ignore[arg-type]


def _from_files() -> dict[str, str | None]:
    """What the `..._FILE` variables name, by plain variable. It never enters the environment, where children see it."""
    found: dict[str, str | None] = {}
    for name, path in os.environ.items():
        if not name.startswith(PREFIX) or not name.endswith(FILE):
            continue
        try:
            found[name.removesuffix(FILE).lower()] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SecretUnread(f"The file that {name} names cannot be read.") from None
    return found
