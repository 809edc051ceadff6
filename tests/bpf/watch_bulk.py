# SPDX-License-Identifier: Apache-2.0
"""Big messages over the cable, in clear and TLS: the same records, though few are copied."""
import json
import os
import random
import socket
import ssl
import subprocess
import tempfile
import threading

from watch_mail import Peer
from watch_rig import CLIENT, SERVERS, in_space, run, sensor, tcpdump
from watch_stage import by_direction, check, need, records_of

# None: in clear.
VERSIONS = [None, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
# What a client hands to its TLS library at once: a buffer's worth, or all of the message.
CHUNKS = [4096, 1 << 20]
SIZES = [700, 40000, 3000000]
SERVER = SERVERS + "1"
# Octets a second: a cable without one has sent all before the sensor can say a word.
PACE = 8 << 20
SO_MAX_PACING_RATE = 47


def certificate(folder):
    path = os.path.join(folder, "mail.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9",
                    "-subj", "/CN=mail1.corp.test", "-keyout", path, "-out", path + ".crt"],
                   check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path + ".crt", path)
    return context


class Server:
    """Takes mail, on a port where TLS begins at once or, if asked for, by STARTTLS."""

    def __init__(self, wire, context, port):
        self.context = context
        self.port = port
        self.ready = threading.Event()
        in_space(wire.inside, self.serve)
        self.ready.wait()

    def serve(self):
        listener = socket.create_server((SERVER, self.port), backlog=64)
        self.ready.set()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        if self.port == 465:
            connection = self.context.wrap_socket(connection, server_side=True)
        peer = Peer(connection)
        peer.say("220 mail1.corp.test ESMTP Postfix")
        body = False
        while line := peer.lines.readline():
            word = line[:4].upper()
            if body:
                if line == b".\r\n":
                    body = False
                    peer.say("250 2.0.0 Ok: queued as 4TxYz")
            elif word == b"STAR":
                peer.say("220 2.0.0 Ready to start TLS")
                peer = Peer(self.context.wrap_socket(connection, server_side=True))
            elif word == b"EHLO":
                peer.say("250-mail1.corp.test\r\n250-STARTTLS\r\n250 8BITMIME")
            elif word == b"DATA":
                body = True
                peer.say("354 End data with <CR><LF>.<CR><LF>")
            elif word == b"QUIT":
                peer.say("221 2.0.0 Bye")
                break
            else:
                peer.say("250 2.1.0 Ok")
        peer.close()


def say_in_chunks(peer, octets, chunk):
    for at in range(0, len(octets), chunk):
        peer.connection.sendall(octets[at:at + chunk])


def client_context(version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    return context


def talk(port, version, chunk, sizes):
    connection = socket.create_connection((SERVER, port), timeout=60,
                                          source_address=(CLIENT, 0))
    connection.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, PACE)
    if port == 465:
        peer = Peer(client_context(version).wrap_socket(connection))
        peer.ask(None, b"220")
    else:
        peer = Peer(connection)
        peer.ask(None, b"220")
        peer.ask("EHLO client.attacker.test", b"250")
        if version:
            peer.ask("STARTTLS", b"220")
            peer = Peer(client_context(version).wrap_socket(connection))
    peer.ask("EHLO client.attacker.test", b"250")
    for size in sizes:
        peer.ask("MAIL FROM:<x@shop.test>", b"250")
        peer.ask("RCPT TO:<a@victim.test>", b"250")
        peer.ask("DATA", b"354")
        line = b"x" * 74 + b"\r\n"
        say_in_chunks(peer, b"Subject: s\r\n\r\n" + line * (size // len(line)), chunk)
        peer.ask(".", b"250")
    peer.ask("QUIT", b"221")
    peer.close()


def kinds():
    return [(port, version, chunk) for port in (587, 465) for version in VERSIONS
            for chunk in CHUNKS if version or port == 587]


def play(wire):
    """Connections of all kinds, some at a time."""
    errors = []

    def some(port, version, chunk, sizes):
        try:
            talk(port, version, chunk, sizes)
        except (OSError, AssertionError) as error:
            errors.append(error)

    for kind in kinds():
        threads = [in_space(wire.outside, some, *kind, random.sample(SIZES, len(SIZES)))
                   for _ in range(3)]
        for thread in threads:
            thread.join()
    need(not errors, "a conversation failed", *errors)
    return 3 * len(kinds())


def without_repeats(lines):
    """A packet that was sent again is not counted where the first one was withheld."""
    for line in lines:
        record = json.loads(line)
        record.pop("client_packets", None)
        record.pop("client_octets", None)
        yield json.dumps(record)


@check
def big_messages_are_read_the_same_and_hardly_copied(stage):
    with tempfile.TemporaryDirectory(prefix="rtw-tls-") as folder:
        context = certificate(folder)
        for port in (587, 465):
            Server(stage.wire, context, port)
    # As on a tap: one segment a packet, not what a host hands to its own card.
    run("ip", "-n", stage.wire.outside, "link", "set", "va", "gso_max_segs", "1")
    with sensor(stage.binary, stage.wire, "--transactions", "-") as s:
        pcap = os.path.join(s.folder, "all.pcap")
        with tcpdump(stage.wire, pcap):
            count = play(stage.wire)
        run("ip", "-n", stage.wire.outside, "link", "set", "va", "gso_max_segs", "65535")
        need(s.end() == 0, "exit status", *s.log)
        read = subprocess.run(
            [stage.binary, "read", "--no-any-port", "-c", s.config, "--transactions", "-",
             pcap], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        live = records_of(without_repeats(by_direction(s.lines)))
        read = records_of(without_repeats(by_direction(read)))
        need(len(read) >= count, "the capture has few records", len(read))
        need(live == read, "records differ", len(live), len(read),
             *[r[:3000] for r in sorted(set(live) ^ set(read))[:4]])
        capture = s.objects("capture")[-1]
        need(capture["dropped"] == 0, "something was dropped", capture)
        octets = 3 * sum(SIZES) * len(kinds())
        need(capture["octets"] < octets / 2, "hardly anything was withheld", capture)
        need(capture["withheld_octets"] > octets / 2, "not all was accounted for", capture)
        print("watch: %.1f %% of the octets of big messages came into the ring" % (
            100 * capture["octets"] / octets))
