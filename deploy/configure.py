"""``python -m deploy.configure``: what nginx and the copies of the program need to know, as files.

``nginx.conf`` (to include in nginx's http block) and ``thal.env`` (the settings all copies share,
with the one secret that signs their cookies; readable by its owner alone).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import sys
from pathlib import Path

from thal_core.words import languages, tr
from ui.copies import ended

TEMPLATE = Path(__file__).with_name("nginx.conf.in")
FIRST_PORT = 8601
GUARD = {  # as ui/server.py says of the program's own answers; these are nginx's
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
HOST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


def nginx_conf(name: str, ports: list[int], listen: str, log: str) -> str:
    """nginx's lines for these copies."""
    parts = {
        "NAME": name,
        "LISTEN": listen,
        "LOG": log,
        "MAP": _lines("    {0}", (f'"~^{port}-" thal_{port};' for port in ports)),
        "SERVERS": _lines("    {0}", (f"server {_server(port, 5)};" for port in ports)),
        "UPSTREAMS": _lines(
            "upstream thal_{0} {{ server 127.0.0.1:{0} max_fails=0; keepalive 8; }}", ports
        ),
        "GUARD": _lines("        {0}", (f'add_header {k} "{v}" always;' for k, v in GUARD.items())),
        "ENDED": _quoted(json.dumps(ended(), ensure_ascii=False)),
        "NONE": _quoted("\n\n".join(tr("ui.copy.none", language=one) for one in languages())),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"@([A-Z]+)@", lambda found: parts[found[1]], text)


def _server(port: int, seconds: int) -> str:
    return f"127.0.0.1:{port} max_fails=1 fail_timeout={seconds}s"


def _lines(form: str, values: object) -> str:
    return "\n".join(form.format(value) for value in values)  # type: ignore[attr-defined]


def _quoted(text: str) -> str:
    """As nginx quotes a text."""
    return re.sub(r'(["\\])', r"\\\1", text)


def environment(name: str, secret: str) -> str:
    """The settings that all copies share, as systemd and compose read them."""
    settings = {
        "STREAMLIT_SERVER_COOKIE_SECRET": secret,
        "STREAMLIT_SERVER_ALLOWED_HOSTS": f"{name} 127.0.0.1",
        "STREAMLIT_BROWSER_SERVER_ADDRESS": name,
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def main(given: list[str] | None = None) -> int:
    """Writes both files; an existing thal.env stays, so that a second run changes no secret."""
    wanted = _parser().parse_args(given)
    if not HOST_NAME.fullmatch(wanted.name) or not 1 <= wanted.copies <= 64:
        print("--name is a host name, --copies a number from 1 to 64", file=sys.stderr)
        return 2
    ports = list(range(wanted.first_port, wanted.first_port + wanted.copies))
    wanted.to.mkdir(parents=True, exist_ok=True)
    conf = nginx_conf(wanted.name, ports, wanted.listen, wanted.log)
    (wanted.to / "nginx.conf").write_text(conf, encoding="utf-8")
    env = wanted.to / "thal.env"
    if not env.exists():
        with os.fdopen(os.open(env, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(environment(wanted.name, secrets.token_hex(32)))
    print("systemctl enable --now " + " ".join(f"thal@{port}" for port in ports))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.configure", description=__doc__)
    parser.add_argument("--name", required=True, help="the name people type: thal.hospital.example")
    parser.add_argument("--copies", type=int, default=4, help="about one a processor core")
    parser.add_argument("--first-port", type=int, default=FIRST_PORT)
    parser.add_argument("--listen", default="80", help="nginx's own address and port")
    parser.add_argument("--log", default="/var/log/nginx/thal.log", help="nginx's log of faults")
    parser.add_argument("--to", type=Path, required=True, help="a folder: /etc/thal")
    return parser


if __name__ == "__main__":
    sys.exit(main())
