"""Connections: their deadline, and how the kernel watches over them."""

from __future__ import annotations

import socket

import pytest

from apps.engine.dial import dial
from apps.engine.endpoint import Endpoint
from apps.engine.errors import Reason, Unreachable
from tests.engines.scripted import ScriptedEngine


async def test_a_host_that_does_not_answer_is_given_up_after_the_deadline() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        try:
            for _ in range(8):  # nobody accepts: soon the kernel takes no more, and says nothing
                sock = socket.socket()
                sock.setblocking(False)
                sock.connect_ex(address)
                waiting.append(sock)
            with pytest.raises(Unreachable) as caught:
                await dial(Endpoint.parse(f"tcp://127.0.0.1:{address[1]}"), deadline_s=0.2)
            assert caught.value.reason is Reason.TIMEOUT
        finally:
            for sock in waiting:
                sock.close()


async def test_the_kernel_watches_over_a_tcp_connection() -> None:
    with ScriptedEngine(tcp=True) as scripted:
        connection = await dial(Endpoint.parse(scripted.url))
        assert connection._transport is not None
        sock: socket.socket = connection._transport.get_extra_info("socket")
        tcp = socket.IPPROTO_TCP
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert sock.getsockopt(tcp, socket.TCP_KEEPIDLE) == 30
        assert sock.getsockopt(tcp, socket.TCP_USER_TIMEOUT) == 20_000
        assert sock.getsockopt(tcp, socket.TCP_NODELAY) == 1
        connection.close()
