# SPDX-License-Identifier: Apache-2.0
"""What the checks of the living sensor share: the cable, collectors, the database."""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "bpf"))

from live_collector import Collector  # noqa: E402
from watch_mail import Mailer, Servers, Sink, message, send  # noqa: E402
from watch_rig import (CLIENT, SERVERS, Failed, Sensor, Wire, enter,  # noqa: E402
                       in_space, run, sensor)

__all__ = ["CLIENT", "SERVERS", "Collector", "Failed", "Folder", "Load",
           "Sensor", "Stage", "Wire", "alerts_in", "check", "checks", "config_of", "drops",
           "enter", "in_space", "json_lines", "need", "percentile", "run", "sensor"]

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def checks():
    return CHECKS


def need(condition, what, *about):
    if not condition:
        raise Failed(what + "".join("\n" + str(a) for a in about))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Folder:
    """A new folder that anybody may write to, until the end of the with statement."""

    def __init__(self, where=None):
        self.where, self.path = where, None

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="rtl-", dir=self.where)
        os.chmod(self.path, 0o777)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return os.path.join(self.path, name)


class Stage:
    """The cable, and who speaks on it. The last server refuses, the others relay."""

    def __init__(self, binary, servers=8):
        self.binary = binary
        self.wire = Wire(servers)
        self.relays = servers - 1
        self.sink = Sink(self.wire)
        self.servers = Servers(self.wire)
        self.mailer = Mailer(self.wire, self.servers)
        self.first = 0

    def mail(self, count, **more):
        self.mailer.many(count, first=self.first, **more)
        self.first += count

    def relay(self, index, number):
        """One mail through the server with that index, from a thread outside."""
        send(CLIENT, SERVERS + str(index + 1), "x@shop.test", "a@victim%d.test" % number,
             message(number), "client.attacker.test")

    def close(self):
        self.wire.close()


class Load:
    """Mail without end. open() more and more servers; each gets its turn again and again."""

    def __init__(self, stage, at_once=2, pause=0.01):
        self.stage, self.pause = stage, pause
        self.opened, self.sent, self.errors = 1, 0, []
        self.stopped = False
        self.lock = threading.Lock()
        self.threads = [in_space(stage.wire.outside, self.body) for _ in range(at_once)]

    def body(self):
        while not self.stopped:
            with self.lock:
                number = self.sent
                self.sent += 1
                # By turns one of the newest, so that each is hit soon, and one of all.
                index = number // 2 % self.opened
                if number % 2:
                    index = max(0, self.opened - 1 - number // 2 % 12)
            try:
                self.stage.relay(index, self.stage.first + number)
            except (OSError, AssertionError) as error:
                self.errors.append(error)
            time.sleep(self.pause)

    def open(self, count):
        self.opened = min(count, self.stage.relays)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()
        self.stage.first += self.sent
        self.stage.servers.settle()
        need(len(self.errors) < 5, "the mail itself failed", *self.errors[:3])


def config_of(*outputs, more=""):
    return ("home: [203.0.113.0/24]\nhosted: [corp.test]\n"
            "alerts: {per_minute: 0}\n"
            "outputs:\n" + "".join("  - {%s}\n" % o for o in outputs) + more)


def json_lines(path):
    """A line that is being written does not count."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as text:
        return [json.loads(line) for line in text if line.endswith("\n")]


def alerts_in(state):
    """Rows of the database there: (alerts, verdicts, deliveries that wait)."""
    with sqlite3.connect(os.path.join(state, "relaytap.db")) as db:
        whole = db.execute("PRAGMA integrity_check").fetchone()[0]
        need(whole == "ok", "the database is not whole", whole)
        broken = db.execute("PRAGMA foreign_key_check").fetchall()
        need(not broken, "the database refers to what is not there", broken[:3])
        alerts = db.execute("SELECT uid, rule, action, ip, port, time FROM alert").fetchall()
        verdicts = db.execute("SELECT ip, port, time, verdict FROM verdict").fetchall()
        waiting = db.execute("SELECT count(*) FROM delivery").fetchone()[0]
    return alerts, verdicts, waiting


def drops(s):
    """What the ring and the queue lost up to now."""
    capture = s.ask("stats")[0][0]
    return capture["dropped"] + capture["records_dropped"]
