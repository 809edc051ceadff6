# SPDX-License-Identifier: Apache-2.0
"""Mail on the wire: a client outside, servers inside that relay or refuse, a sink outside."""
import socket
import threading
import time

from watch_rig import CLIENT, SERVERS, SINK, in_space


class Peer:
    """One side of an SMTP conversation, line by line."""

    def __init__(self, connection):
        self.connection = connection
        self.lines = connection.makefile("rb")

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def ask(self, text, code):
        if text is not None:
            self.say(text)
        line = self.lines.readline()
        while line[3:4] == b"-":
            line = self.lines.readline()
        assert line.startswith(code), (text, line)

    def close(self):
        self.lines.close()
        self.connection.close()


def send(source, server, sender, recipient, message, helo, code=b"250"):
    """One mail. code: of the answer to RCPT; unless it is 250 that is all."""
    peer = Peer(socket.create_connection((server, 25), timeout=20,
                                         source_address=(source, 0)))
    peer.ask(None, b"220")
    peer.ask("EHLO " + helo, b"250")
    peer.ask("MAIL FROM:<%s>" % sender, b"250")
    peer.ask("RCPT TO:<%s>" % recipient, code)
    if code == b"250":
        peer.ask("DATA", b"354")
        peer.ask(message + "\r\n.", b"250")
    peer.ask("QUIT", b"221")
    peer.close()


class Sink:
    """Takes all mail; remembers when it was about to say so, by the relaying server."""

    def __init__(self, wire):
        self.taken = {}
        self.ready = threading.Event()
        in_space(wire.outside, self.serve)
        self.ready.wait()

    def serve(self):
        listener = socket.create_server((SINK, 25), backlog=256)
        self.ready.set()
        while True:
            connection, address = listener.accept()
            threading.Thread(target=self.talk, args=(Peer(connection), address[0]),
                             daemon=True).start()

    def talk(self, peer, client):
        peer.say("220 mx.victim.test ESMTP Exim 4.96")
        body = False
        for line in peer.lines:
            word = line[:4].upper()
            if body:
                if line == b".\r\n":
                    body = False
                    self.taken[client] = time.time_ns()
                    peer.say("250 OK id=1tSink-000001-AB")
            elif word == b"DATA":
                body = True
                peer.say("354 Enter message, ending with \".\" on a line by itself")
            elif word == b"QUIT":
                peer.say("221 mx.victim.test closing connection")
                break
            else:
                peer.say("250 OK")
        peer.close()


class Servers:
    """On all addresses inside. The last one refuses to relay; the others do it."""

    def __init__(self, wire):
        self.wire = wire
        self.refusing = SERVERS + str(wire.servers)
        self.ready = threading.Event()
        self.onward = []
        in_space(wire.inside, self.serve)
        self.ready.wait()

    def serve(self):
        listener = socket.create_server(("0.0.0.0", 25), backlog=256)
        self.ready.set()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        address = connection.getsockname()[0]
        name = "mail%s.corp.test" % address.rsplit(".", 1)[1]
        peer = Peer(connection)
        peer.say("220 %s ESMTP Postfix" % name)
        sender = recipient = ""
        body = None
        for line in peer.lines:
            text = line.decode().rstrip("\r\n")
            word = text[:4].upper()
            if body is not None:
                if text != ".":
                    body.append(text)
                    continue
                number = "%06X" % (hash((address, recipient)) & 0xffffff)
                queue_id = "4T" + number + "zQ"
                peer.say("250 2.0.0 Ok: queued as " + queue_id)
                received = ("Received: from client.attacker.test (unknown [%s])\r\n"
                            "\tby %s (Postfix) with ESMTP id %s\r\n\tfor <%s>; "
                            "Sun, 29 Nov 2026 03:00:00 +0000 (UTC)\r\n"
                            % (CLIENT, name, queue_id, recipient))
                thread = threading.Thread(
                    target=send, daemon=True, args=(
                        address, SINK, sender, recipient,
                        received + "\r\n".join(body), name))
                thread.start()
                self.onward.append(thread)
                body = None
            elif word == "DATA":
                body = []
                peer.say("354 End data with <CR><LF>.<CR><LF>")
            elif word == "QUIT":
                peer.say("221 2.0.0 Bye")
                break
            elif word == "AUTH":
                peer.say("235 2.7.0 Authentication successful")
            elif word == "RCPT" and address == self.refusing:
                peer.say("554 5.7.1 <a@victim.test>: Relay access denied")
            else:
                if word == "MAIL":
                    sender = text.split("<")[1].split(">")[0]
                if word == "RCPT":
                    recipient = text.split("<")[1].split(">")[0]
                peer.say("250 2.1.0 Ok")
        peer.close()

    def settle(self):
        """All that was taken has been sent on."""
        for thread in list(self.onward):
            thread.join(20)


def message(number, size=200):
    head = ("From: <x@shop.test>\r\nTo: <a@victim%d.test>\r\nSubject: offer %d\r\n"
            "Message-ID: <%d.%d@shop.test>\r\n\r\n" % (number, number, number, size))
    return head + "\r\n".join("line %d of %d" % (i, number) for i in range(size // 20))


class Mailer:
    """Mail from the client outside to servers inside, by number, some at a time."""

    def __init__(self, wire, servers):
        self.wire = wire
        self.servers = servers
        self.errors = []

    def one(self, number, size):
        server = SERVERS + str(number % self.wire.servers + 1)
        code = b"554" if server == self.servers.refusing else b"250"
        send(CLIENT, server, "x@shop.test", "a@victim%d.test" % number,
             message(number, size), "client.attacker.test", code)

    def some(self, numbers, size):
        for number in numbers:
            try:
                self.one(number, size)
            except (OSError, AssertionError) as error:
                self.errors.append(error)
                return

    def many(self, count, at_once=4, size=200, first=0):
        """Sends count mails and waits until all are at their end."""
        threads = [in_space(self.wire.outside, self.some,
                            range(first + t, first + count, at_once), size)
                   for t in range(at_once)]
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        self.servers.settle()
