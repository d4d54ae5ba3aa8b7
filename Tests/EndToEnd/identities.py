"""Keys and tokens for the tests of authentication, made by PyJWT and `cryptography`."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

AUDIENCE = "penstock"
ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")


class Issuer:
    """Has a key of each kind, tells their public halves, and signs whatever it is asked to."""

    def __init__(self) -> None:
        self.keys = {
            "HS256": secrets.token_bytes(32),
            "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate(),
        }
        self.names = {algorithm: secrets.token_hex(4) for algorithm in ALGORITHMS}

    def key_set(self, *others: Issuer) -> str:
        """The public keys of this and other issuers, and one of a kind that nobody knows."""
        keys = [key for issuer in (self, *others) for key in issuer.public_keys()]
        return json.dumps({"keys": [*keys, {"kty": "future"}]})

    def public_keys(self) -> list[dict]:
        kinds = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
        keys = [{"kty": "oct", "k": base64url_encode(self.keys["HS256"]).decode(),
                 "kid": self.names["HS256"]}]
        for algorithm, kind in kinds.items():
            public = kind.to_jwk(self.keys[algorithm].public_key(), as_dict=True)
            keys.append({**public, "kid": self.names[algorithm], "use": "sig"})
        return keys

    def write(self, path: Path, *others: Issuer) -> Path:
        path.write_text(self.key_set(*others))
        return path

    def token(self, algorithm: str = "EdDSA", *, seconds: float = 60, subject: str = "ada",
              **claims: object) -> str:
        """Expires `seconds` from now; a claim of None is left out."""
        everything = {"sub": subject, "aud": AUDIENCE, "exp": time.time() + seconds, **claims}
        return jwt.encode(
            {name: value for name, value in everything.items() if value is not None},
            self.keys[algorithm], algorithm=algorithm,
            headers={"kid": self.names[algorithm]})
