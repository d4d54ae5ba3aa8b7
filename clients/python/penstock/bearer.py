"""A bearer token with every call."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable

import grpc

Token = str | Callable[[], str]


class _Details(
    namedtuple("_Details", "method timeout metadata credentials wait_for_ready compression"),
    grpc.ClientCallDetails,
):
    pass


class Bearer(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor,
             grpc.StreamUnaryClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Adds `authorization: Bearer TOKEN`; a callable is asked anew for every call."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def _intercept(self, proceed, details, request):
        token = self._token() if callable(self._token) else self._token
        metadata = [*(details.metadata or ()), ("authorization", f"Bearer {token}")]
        return proceed(_Details(
            details.method, details.timeout, metadata, details.credentials,
            details.wait_for_ready, details.compression), request)

    intercept_unary_unary = intercept_unary_stream = _intercept
    intercept_stream_unary = intercept_stream_stream = _intercept
