"""A certificate authority for one test, made by the openssl command; nothing of it is kept."""

from __future__ import annotations

import ssl
import subprocess
import time
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

    def issue_for(self, name: str, seconds: float) -> Pair:
        """One that ends in a moment; `openssl x509` only knows whole days."""
        pair = self.issue(name)
        settings = self.folder / "ca.cnf"
        (self.folder / "index.txt").touch()
        settings.write_text(
            "[ca]\ndefault_ca = x\n[x]\ndatabase = index.txt\nnew_certs_dir = .\n"
            "rand_serial = yes\ndefault_md = sha256\npolicy = p\nunique_subject = no\n"
            "[p]\ncommonName = supplied\norganizationName = optional\n")
        end = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
        subprocess.run(
            ["openssl", "ca", "-batch", "-notext", "-config", settings, "-cert", self.certificate,
             "-keyfile", self._key, "-in", self.folder / f"{name}.csr", "-out", pair.certificate,
             "-enddate", end], check=True, capture_output=True, timeout=20, cwd=self.folder)
        return pair

    def client(self, pair: Pair | None = None, *protocols: str) -> ssl.SSLContext:
        """A client that trusts this authority alone."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        if pair:
            context.load_cert_chain(pair.certificate, pair.key)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context
