#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three strangers are denied relaying: a mail server in one name space, clients in another.

usage: watch_talk.py CLIENTS SERVER     (names of network name spaces)
"""
import ctypes
import os
import smtplib
import socket
import sys

CLONE_NEWNET = 0x40000000


def enter(name):
    with open("/var/run/netns/" + name) as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def serve(listener):
    for _ in range(3):
        conversation, _ = listener.accept()
        conversation.sendall(b"220 mail.corp.test ESMTP Postfix\r\n")
        for line in conversation.makefile("rb"):
            verb = line[:4].upper()
            if verb == b"RCPT":
                conversation.sendall(b"554 5.7.1 <a@victim.test>: Relay access denied\r\n")
            elif verb == b"QUIT":
                conversation.sendall(b"221 2.0.0 Bye\r\n")
                break
            else:
                conversation.sendall(b"250 2.0.0 Ok\r\n")
        conversation.close()


def main():
    clients, server = sys.argv[1:3]
    enter(server)
    listener = socket.create_server(("203.0.113.11", 25))
    child = os.fork()
    if child == 0:
        serve(listener)
        os._exit(0)
    listener.close()
    enter(clients)
    for _ in range(3):
        session = smtplib.SMTP("203.0.113.11", 25, "client.attacker.test", timeout=10)
        session.helo("client.attacker.test")
        session.mail("x@shop.test")
        code, _ = session.rcpt("a@victim.test")
        assert code == 554, code
        session.quit()
    return os.WEXITSTATUS(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
