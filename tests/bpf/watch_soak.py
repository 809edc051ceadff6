#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mail for as long as asked, small in clear and big in TLS, and the sensor's memory
meanwhile; see bench/soak.sh.

usage: watch_soak.py PROGRAM SECONDS THREADS     (root)
"""
import itertools
import os
import sys
import tempfile
import time

from watch_bulk import Server, certificate, kinds, talk
from watch_mail import Mailer, Servers, Sink
from watch_rig import Wire, in_space, run, sensor

EVERY = 10
# So small that all tables are full within a minute: from then on memory has to stand still.
CONFIG = """home: [203.0.113.0/24]
hosted: [corp.test]
limits: {connections: 8192, attempts: 2048, messages: 4096, names: 1024, servers: 64}
state: {transactions: 1000}
"""


def memory(pid):
    """Resident MiB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as text:
        for line in text:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def figures(s):
    capture, stats = s.ask("stats")[0]
    inference = stats["inference"]
    return (capture["delivered"], capture["dropped"], capture["records_dropped"],
            capture["withheld"], inference["transactions"], inference["servers"], inference["attempts"],
            stats["connections"]["opened"] - stats["connections"]["released"])


def big_messages():
    """One connection after the other, of all kinds, for as long as the rest goes on."""
    for kind in itertools.cycle(kinds()):
        talk(*kind, [700, 40000, 500000])


def main():
    binary, seconds, threads = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    wire = Wire()
    Sink(wire)
    mailer = Mailer(wire, Servers(wire))
    with tempfile.TemporaryDirectory(prefix="rtw-tls-") as folder:
        context = certificate(folder)
    for port in (587, 465):
        Server(wire, context, port)
    run("ip", "-n", wire.outside, "link", "set", "va", "gso_max_segs", "1")
    began = time.monotonic()
    told = number = 0
    status = 1
    try:
        with sensor(binary, wire, "--threads", threads, config=CONFIG) as s:
            in_space(wire.outside, big_messages)
            print("   time  MiB  packets dropped records-dropped withheld mails servers attempts open")
            while time.monotonic() - began < seconds:
                mailer.many(200, at_once=8, first=number)
                number += 200
                now = time.monotonic() - began
                if now - told >= EVERY:
                    told = now
                    print("%6d s %5.1f %s" % (now, memory(s.process.pid),
                                              " ".join(map(str, figures(s)))), flush=True)
            print("%6d s %5.1f %s" % (time.monotonic() - began, memory(s.process.pid),
                                      " ".join(map(str, figures(s)))), flush=True)
            status = s.end()
    finally:
        wire.close()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
