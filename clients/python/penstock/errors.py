"""What can go wrong, each with what was being done."""

from __future__ import annotations

import grpc


class PenstockError(Exception):
    """Base of everything this package raises."""


class HoleError(PenstockError):
    """An update does not continue the state it was applied to; the state is unchanged."""

    def __init__(self, topic: str, have: int, base: int) -> None:
        super().__init__(f"{topic}: update starts at sequence {base}, state is at {have}")
        self.topic, self.have, self.base = topic, have, base


class RequestError(PenstockError):
    """The server refused the request; asking again as it stands will not help."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(f"{code.name}: {details}")
        self.code, self.details = code, details


class CheckError(PenstockError):
    """The merged state is not what the server says it should be at this position."""

    def __init__(self, topic: str, sequence: int, have: object, told: object) -> None:
        super().__init__(f"{topic} at sequence {sequence}: {have}, but the server has {told}")
        self.topic, self.sequence, self.have, self.told = topic, sequence, have, told
