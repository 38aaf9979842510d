"""A ward's server in small: nginx as ``deploy.configure`` writes it, before copies of the
program.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from deploy.configure import environment, nginx_conf

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
WHOLE = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
include {folder}/nginx.conf;
}}
"""


def free_ports(count: int) -> list[int]:
    lines = [socket.socket() for _ in range(count)]
    for line in lines:
        line.bind(("127.0.0.1", 0))
    ports = [line.getsockname()[1] for line in lines]
    for line in lines:
        line.close()
    return ports


class Ward:
    """nginx and its copies on this computer alone; ``end`` ends what was started here."""

    def __init__(self, folder: Path, copies: int = 2) -> None:
        self.folder = folder
        self.port, *self.ports = free_ports(copies + 1)
        self.copies = {port: self.start_copy(port) for port in self.ports}
        self._write_files()
        self.nginx = subprocess.Popen(
            [str(NGINX), "-e", str(folder / "error.log"), "-p", str(folder), "-c", "whole.conf"]
        )
        try:
            for port in (*self.ports, self.port):
                wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        except BaseException:
            self.end()
            raise
        self._forbid_the_disk()

    def _write_files(self) -> None:
        listen = f"127.0.0.1:{self.port}"
        conf = nginx_conf("127.0.0.1", self.ports, listen, str(self.folder / "error.log"))
        (self.folder / "nginx.conf").write_text(conf, encoding="utf-8")
        user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        (self.folder / "whole.conf").write_text(user + WHOLE.format(folder=self.folder))

    def _forbid_the_disk(self) -> None:
        """From here on nginx cannot lay an upload or an answer into a file: a file is in the way
        of each of its folders.
        """
        for name in ("body", "proxy"):
            (self.folder / name).rmdir()
            (self.folder / name).write_text("")

    def start_copy(self, port: int) -> subprocess.Popen[bytes]:
        shared = environment("127.0.0.1", "s" * 64)
        settings = dict(line.split("=", 1) for line in shared.splitlines())
        return subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | settings | {"THAL_COPY": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_copy(self, port: int) -> None:
        """As the kernel ends it where memory runs out: no good-bye; its readers end with it."""
        children = psutil.Process(self.copies[port].pid).children(recursive=True)
        self.copies[port].kill()
        self.copies[port].wait(10)
        for child in children:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue

    def end(self) -> None:
        for port, copy in self.copies.items():
            if copy.poll() is None:
                self.kill_copy(port)
        self.nginx.terminate()
        self.nginx.wait(10)


def wait_for(url: str, seconds: float = 60.0) -> None:
    """Until this address answers with 200."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url} within {seconds:g} s")
