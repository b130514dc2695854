"""What lies in `deploy/` for whoever runs the house: it names what there is, and the tools that read it agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from bot.channels.telegram import LARGEST_BODY
from bot.cli import app
from bot.console.routes import OPEN
from bot.http.forms import LIMIT
from bot.settings import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
UNIT, NGINX, RUNBOOK = (DEPLOY / name for name in ("bredvid.service", "nginx.conf", "runbook.md"))
_SETTING = re.compile(r"\b(BREDVID_[A-Z_]+)\b", re.IGNORECASE)
_VERB = re.compile(r"(?:^ *|`)bredvid ((?:[a-z]+ ?)+)", re.MULTILINE)


def known_settings() -> set[str]:
    """Every name a setting may have."""
    found = set()
    for name, of in Settings.model_fields.items():
        inner = getattr(of.annotation, "model_fields", None)
        found |= {f"BREDVID_{name}__{part}".upper() for part in inner} if inner else {f"BREDVID_{name}".upper()}
    return found


@pytest.mark.parametrize("file", [UNIT, RUNBOOK], ids=lambda file: file.name)
def test_every_setting_it_names_is_one(file: Path) -> None:
    named = {name.upper() for name in _SETTING.findall(file.read_text(encoding="utf-8"))}
    assert len(named) > 5
    assert named <= known_settings()


def test_every_verb_of_the_runbook_is_one() -> None:
    top = typer.main.get_group(app)
    named = {tuple(words.split()) for words in _VERB.findall(RUNBOOK.read_text(encoding="utf-8"))}
    assert len(named) > 10
    for words in named:
        command = top.commands.get(words[0])
        assert command is not None, words
        inner = getattr(command, "commands", None)
        if inner is not None:
            assert len(words) > 1, words
            assert words[1] in inner, words


def test_every_file_the_runbook_names_is_there() -> None:
    for name in re.findall(r"`(deploy/[\w./-]+)`", RUNBOOK.read_text(encoding="utf-8")):
        assert (DEPLOY.parent / name).exists(), name


# --- systemd ----------------------------------------------------------------------------------------------------------


def unit() -> dict[str, list[str]]:
    """The unit's lines by name."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_credentials_are_named_as_the_settings_look_for_them() -> None:
    names = [value.partition(":")[0] for value in unit()["LoadCredential"]]
    assert {name.upper() for name in names} <= known_settings()
    assert "bredvid_oidc__client_secret" in names
    secrets = ("TOKEN", "SECRET")
    clear = [value for value in unit()["Environment"] if any(word in value.upper() for word in secrets)]
    assert clear == [], "a secret in the unit's environment would be everybody's"


def test_the_store_and_the_keys_are_two_folders() -> None:
    said = dict(value.split("=", 1) for value in unit()["Environment"])
    assert not said["BREDVID_KEYS__PATH"].startswith(said["BREDVID_DIR"] + "/")
    assert unit()["StateDirectory"] == ["bredvid bredvid-keys"]
    assert (unit()["UMask"], unit()["LimitCORE"], unit()["MemorySwapMax"]) == (["0077"], ["0"], ["0"])


def test_systemd_can_read_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    program = "/opt/bredvid/.venv/bin/bredvid"
    said = UNIT.read_text(encoding="utf-8")
    assert f"ExecStart={program} serve" in said
    copy = tmp_path / "bredvid.service"
    # The program is not installed here; anything that can be run stands in its place.
    copy.write_text(said.replace(program, sys.executable), encoding="utf-8")
    read = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], check=False, capture_output=True, text=True)
    wrong = [line for line in (read.stdout + read.stderr).splitlines() if "bredvid.service" in line]
    assert wrong == []
    score = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", copy],
                           check=False, capture_output=True, text=True)  # fmt: skip
    assert score.returncode == 0, score.stdout.splitlines()[-1:] + score.stderr.splitlines()


# --- nginx ------------------------------------------------------------------------------------------------------------


def nginx() -> str:
    """What nginx is told, without remarks."""
    return "\n".join(line.partition("#")[0].rstrip() for line in NGINX.read_text(encoding="utf-8").splitlines())


def test_nginx_does_what_the_process_leaves_to_it() -> None:
    said = nginx()
    assert said.count("{") == said.count("}")
    for line in filter(None, map(str.strip, said.splitlines())):
        assert line.endswith((";", "{", "}")), line
    for wanted in ("access_log off;", "client_header_timeout 10s;", "client_body_timeout 10s;", "server_tokens off;",
                   "ssl_reject_handshake on;", "proxy_pass_header Server;", "proxy_max_temp_file_size 0;",
                   "gzip off;"):  # fmt: skip
        assert wanted in said, wanted
    own = re.search(r"location = /\.calm \{.*?\n    \}", said, re.DOTALL)
    assert own is not None
    rest = said.replace(own.group(), "")
    assert "add_header" not in rest, "the process says every header, and nginx would drop or double one"
    assert "8081" not in said, "the inner port is never in public"
    assert f"server {Settings.model_fields['web'].get_default(call_default_factory=True).bind};" in said


def test_nginx_lets_through_what_the_process_takes_and_no_more() -> None:
    whole, _, hook = nginx().partition("location = /telegram/")
    assert f"client_max_body_size {LIMIT // 1024}k;" in whole
    assert f"client_max_body_size {LARGEST_BODY // 1024}k;" in hook


def test_every_door_where_a_code_or_a_sign_in_is_tried_is_slow() -> None:
    found = re.search(r"location ~ (\S+) \{\s*limit_req zone=bredvid_door", nginx())
    assert found is not None
    slow = re.compile(found.group(1))
    doors = [f"/console{route.path}" for route in OPEN] + ["/i/{token}", "/eid/claim", "/eid/in", "/eid/back"]
    assert [path for path in doors if not slow.match(path)] == []
    assert not slow.match("/help")


def test_nginx_can_read_it(tmp_path: Path) -> None:
    inner = nginx().replace("/etc/letsencrypt/live/bredvid.lindvik.example", str(tmp_path))
    inner = inner.replace("/var/log/nginx", str(tmp_path))
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x", "-keyout",
            str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{inner}\n}}\n"
    (tmp_path / "whole.conf").write_text(whole, encoding="utf-8")
    told = ["/usr/sbin/nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "whole.conf")]
    read = subprocess.run(told, check=False, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
