#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the packet that proves a relay to the collector, by each output, state on disk.

usage: live_latency.py PROGRAM [THREADS [SERVERS [FOLDER]]]     (root)

Each server inside relays one mail, and is told of once. Its clock starts when the sink
outside hands the kernel its 250 to the message sent on: before that packet nothing proves
that the mail left the server. It stops twice. "received" is rsyslog's own stamp
(timegenerated) of the message; "written" is when the line stood in rsyslog's file, or in
the sensor's: the kernel said that the file had grown, and the line was read from it.
The first server's is not among them but in the column "first": it finds no connection,
and a new TLS connection waits a quarter of a second for a refusal (TLS 1.3 refuses a
client's certificate only behind the handshake).
FOLDER: where the state is, for disks to be compared; default: that of temporary files.
Exit status 1: an alert did not come, or one in a hundred took longer than MOST_MS.
"""
import ctypes
import datetime
import json
import os
import select
import sys
import threading
import time

from live_rig import (Collector, Failed, Folder, Stage, config_of, drops, need,
                      percentile, sensor)
from live_collector import INPUTS

IN_MODIFY = 2
MOST_MS = 250


class Watch(threading.Thread):
    """Lines of files, each with when it stood there (ns)."""

    def __init__(self, paths):
        super().__init__(daemon=True)
        self.lines = {path: [] for path in paths}
        self.files = {}
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK)
        for path in paths:
            with open(path, "ab"):
                pass
            os.chmod(path, 0o666)
            self.files[path] = [os.open(path, os.O_RDONLY), b""]
            if libc.inotify_add_watch(self.fd, path.encode(), IN_MODIFY) < 0:
                raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self.start()

    def run(self):
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        while poll.poll():
            os.read(self.fd, 65536)
            for path, entry in self.files.items():
                self.read(path, entry)

    def read(self, path, entry):
        text = os.read(entry[0], 1 << 20)
        if not text:
            return
        now = time.time_ns()
        *whole, entry[1] = (entry[1] + text).split(b"\n")
        self.lines[path] += [(now, line.decode()) for line in whole]


def ns_of(stamp):
    return int(datetime.datetime.fromisoformat(stamp).timestamp() * 1e6) * 1000


def in_collector(lines):
    """(server, received, written), of alerts that say it is confirmed."""
    for written, line in lines:
        _, received, server, grade = line.split(" ")
        if grade == "confirmed":
            yield server, ns_of(received), written


def in_file(lines):
    for written, line in lines:
        alert = json.loads(line)
        if alert["relaytap"].get("grade") == "confirmed":
            yield alert["server"]["ip"], None, written


def spans(rows, taken):
    """Milliseconds of each server's first such alert, in their order: received, written."""
    seen, received, written = set(), [], []
    for server, at, then in rows:
        if server in seen or server not in taken:
            continue
        seen.add(server)
        written.append((then - taken[server]) / 1e6)
        if at is not None:
            received.append((at - taken[server]) / 1e6)
    return received, written


def row(name, what, values):
    first, others = values[0], values[1:]
    print("%-6s %-9s %6d %8.1f %8.1f %8.1f %8.1f %8.1f" % (
        name, what, len(others), *(percentile(others, s) for s in (0.5, 0.9, 0.99)),
        max(others), first))


def measure(binary, threads, count, stage, collector, folder):
    alerts = folder / "alerts.json"
    config = config_of("to: file, path: %s" % alerts,
                       *(collector.output(name) for name in INPUTS),
                       more="state: {directory: %s}\n" % (folder / "state"))
    paths = {name: collector / (name + ".out") for name in INPUTS}
    watch = Watch([alerts, *paths.values()])

    def tables():
        found = {"file": spans(in_file(watch.lines[alerts]), stage.sink.taken)}
        for name in INPUTS:
            found[name] = spans(in_collector(watch.lines[paths[name]]), stage.sink.taken)
        return found

    with sensor(binary, stage.wire, "--threads", threads, config=config) as s:
        for n in range(count):
            stage.mail(1, at_once=1)
            time.sleep(0.02)
            if n in (0, count - 1):
                s.wait_for("every alert by every output", lambda: all(
                    len(w) == stage.first for _, w in tables().values()), 20)
        lost = drops(s)
        need(s.end() == 0, "exit status", *s.log)
    return tables(), lost


def report(found, lost, threads):
    print("From the 250 that proves the relay, ms (packet threads: %s; lost by the "
          "capture: %d)" % (threads, lost))
    print("%-6s %-9s %6s %8s %8s %8s %8s %8s"
          % ("output", "until", "alerts", "median", "p90", "p99", "most", "first"))
    for name, (received, written) in found.items():
        if received:
            row(name, "received", received)
        row(name, "written", written)
    least = min(min(w) for _, w in found.values())
    need(least > 0, "an alert came before its proof", least)
    worst = max(percentile(w[1:], 0.99) for _, w in found.values())
    need(worst <= MOST_MS, "one in a hundred takes longer than %d ms" % MOST_MS, worst)


def main():
    binary = os.path.abspath(sys.argv[1])
    threads = sys.argv[2] if len(sys.argv) > 2 else "1"
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 220
    # The last server refuses.
    stage = Stage(binary, count + 1)
    collector = Collector(stage.wire)
    status = 1
    try:
        with Folder(sys.argv[4] if len(sys.argv) > 4 else None) as folder:
            report(*measure(binary, threads, count, stage, collector, folder), threads)
            status = 0
    except Failed as failed:
        print("FAILED: live latency: %s" % failed)
    finally:
        collector.close()
        stage.close()
        sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
