"""Whose request it is, for counting: the address, or that which a trusted proxy tells."""

from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_NETWORK: Final = 64  # bits of an IPv6 address that one household has


def client_of(scope: Scope, *, any_proxy: bool = False) -> str:
    """Return the client that a request is counted for.

    It is the connection's address: that of `X-Forwarded-For` where the server has put it there
    already because the proxy is a trusted one. With `any_proxy` trusted it is the last public
    address in that header, since what a client writes there itself stands before it.
    """
    peer = (scope.get("client") or ("",))[0]
    told = Headers(scope=scope).get("x-forwarded-for", "") if any_proxy else ""
    public = [name for part in reversed(told.split(",")) if (name := _public(part.strip()))]
    return _network(public[0] if public else peer)


def _public(text: str) -> str:
    try:
        return text if ip_address(text).is_global else ""
    except ValueError:
        return ""


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> _NETWORK << _NETWORK))
    return text
