"""The listening socket of `earshot serve`."""

import socket

from server.commands.serve import bind


def test_no_answer_waits_for_its_beginning_to_be_acknowledged():
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
