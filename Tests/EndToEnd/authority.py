"""A certificate authority for one test, made by the openssl command; nothing of it is kept."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Pair(NamedTuple):
    certificate: Path
    key: Path


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=20)


class Authority:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.certificate, self._key = folder / "authority.pem", folder / "authority.key"
        openssl("req", "-x509", *EC_KEY, "-days", 2, "-subj", "/CN=test authority",
                "-keyout", self._key, "-out", self.certificate)

    def issue(self, name: str, alternatives: str = "DNS:localhost,IP:127.0.0.1", days: int = 2,
              stem: str | None = None) -> Pair:
        """Files named `stem`, or like the common name; files of an earlier one are replaced."""
        stem = str(self.folder / (stem or name))
        pair = Pair(Path(stem + ".pem"), Path(stem + ".key"))
        openssl("req", "-new", *EC_KEY, "-subj", f"/O=Desk/CN={name}", "-addext",
                f"subjectAltName={alternatives}", "-keyout", pair.key, "-out", stem + ".csr")
        openssl("x509", "-req", "-in", stem + ".csr", "-CA", self.certificate, "-CAkey", self._key,
                "-days", days, "-copy_extensions", "copy", "-out", pair.certificate)
        return pair

    def client(self, pair: Pair | None = None, *protocols: str) -> ssl.SSLContext:
        """A client that trusts this authority alone."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if pair:
            context.load_cert_chain(pair.certificate, pair.key)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context
