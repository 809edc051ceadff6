# SPDX-License-Identifier: Apache-2.0
"""relaytap watch while its wall clock jumps by an hour, to and fro.

The packets keep the kernel's time: what is moved is what the program asks for itself.
"""
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time

from watch_confined import BASE, relays_of, relays_told
from watch_mail import Peer, message
from watch_rig import CLIENT, SERVERS, in_space, sensor
from watch_stage import check, need

HOUR = 3600
HERE = os.path.dirname(os.path.abspath(__file__))


class Clock:
    def __init__(self, folder):
        self.file = folder + "/moved"
        self.library = folder + "/clock_shim.so"
        self.set(0)
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", self.library,
                        HERE + "/clock_shim.c"], check=True)

    def set(self, seconds):
        # In place: the program has it mapped.
        with open(self.file, "r+b" if os.path.exists(self.file) else "wb") as out:
            out.write(struct.pack("q", seconds))

    def env(self):
        return {"LD_PRELOAD": self.library, "CLOCK_SHIM": self.file,
                "ASAN_OPTIONS": "verify_asan_link_order=0:"
                + os.environ.get("ASAN_OPTIONS", "")}


class Slow:
    """A mail that is begun, and ended when told to."""

    def __init__(self, stage, recipient):
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.errors = []
        self.recipient = recipient
        self.thread = in_space(stage.wire.outside, self.body)
        need(self.begun.wait(10), "the mail itself", *self.errors)

    def body(self):
        try:
            peer = Peer(socket.create_connection((SERVERS + "1", 25),
                                                 source_address=(CLIENT, 0)))
            peer.ask(None, b"220")
            peer.ask("EHLO client.attacker.test", b"250")
            peer.ask("MAIL FROM:<x@shop.test>", b"250")
            self.begun.set()
            self.go_on.wait(60)
            peer.ask("RCPT TO:<%s>" % self.recipient, b"250")
            peer.ask("DATA", b"354")
            peer.ask(message(1) + "\r\n.", b"250")
            peer.ask("QUIT", b"221")
            peer.close()
        except (OSError, AssertionError) as error:
            self.errors.append(error)

    def end(self):
        self.go_on.set()
        self.thread.join(20)
        need(not self.errors, "the mail itself failed", *self.errors)


def steps(stage, s, clock):
    """Each step within a mail; after it silence, in which only the clock tells the time."""
    for number, moved in enumerate((HOUR, 0, -HOUR, 0)):
        slow = Slow(stage, "slow%d@victim.test" % number)
        time.sleep(0.3)
        clock.set(moved)
        time.sleep(0.7)
        slow.end()
        stage.mail(2 * stage.wire.servers)
        need(s.process.poll() is None, "it ended", *s.log)


@check
def clock_steps_expire_no_connection_and_stop_no_alert(stage):
    folder = tempfile.mkdtemp(prefix="rtw-clock-")
    clock = Clock(folder)
    config = BASE + ("outputs: [{to: file, path: %s/alerts.json, format: relaytap}]\n"
                     % folder)
    with sensor(stage.binary, stage.wire, "--transactions", "-", config=config,
                folder=folder, env=clock.env()) as s:
        clock.set(5 * 365 * 86400)
        time.sleep(0.3)
        need(s.ask("top")[0][0]["time"] > "2030", "the clock cannot be moved", *s.log)
        clock.set(0)
        steps(stage, s, clock)
        s.wait_for("alerts", lambda: relays_told(folder + "/alerts.json")
                   == relays_of(stage), 10)
        need(s.end() == 0, "exit status", *s.log)
        whole = [o for o in s.objects("transaction")
                 if o["server"]["ip"] == SERVERS + "1"
                 and any(r["address"].startswith("slow") and r["result"] == "accepted"
                         for r in o.get("rcpt", [])) and "mail_from" in o]
        need(len(whole) == 4, "mails in the middle of which the clock jumped", len(whole),
             *whole)
