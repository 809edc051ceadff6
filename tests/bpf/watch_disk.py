# SPDX-License-Identifier: Apache-2.0
"""relaytap watch while a disk is full: it listens on, tells it once, and catches up."""
import collections
import errno
import json
import os
import shutil
import sqlite3
import tempfile

from watch_confined import BASE, relays_of, relays_told
from watch_rig import sensor
from watch_stage import check, need

DISK = "4m"
OUTPUTS = ("outputs:\n  - {to: file, name: there, path: %s, format: relaytap}\n"
           "  - {to: file, name: here, path: %s, format: relaytap}\n")


class Disk:
    """A small one, mounted in the sensor's own mount name space, seen from without."""

    def __init__(self, folder):
        self.folder = folder + "/disk"
        os.mkdir(self.folder)
        self.before = ["sh", "-c", 'mount -t tmpfs -o size=%s,mode=777 none %s && exec "$@"'
                       % (DISK, self.folder), "sh"]
        self.seen = None

    def look(self, s):
        """Kept open: it is to be read after the sensor's end, too."""
        self.seen = os.open("/proc/%d/root%s" % (s.process.pid, self.folder), os.O_PATH)
        return "/proc/self/fd/%d/" % self.seen

    def fill(self):
        with open("/proc/self/fd/%d/fill" % self.seen, "wb", buffering=0) as out:
            for size in (65536, 4096, 512):
                try:
                    while out.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    need(error.errno == errno.ENOSPC, "filling", error)

    def empty(self):
        os.unlink("/proc/self/fd/%d/fill" % self.seen)


def need_whole(state):
    """Of a copy, so that nothing is mended by looking."""
    with tempfile.TemporaryDirectory(prefix="rtw-copy-") as copy:
        shutil.copytree(state, copy + "/state")
        with sqlite3.connect(copy + "/state/relaytap.db") as db:
            whole = db.execute("PRAGMA integrity_check").fetchone()[0]
            waiting = db.execute("SELECT count(*) FROM delivery").fetchone()[0]
        need(whole == "ok", "the database is not whole", whole)
        need(waiting == 0, "alerts wait", waiting)


def delivered(s):
    capture = s.ask("stats")[0][0]
    need(capture["dropped"] == 0 and capture["records_dropped"] == 0, "drops", capture)
    return capture["delivered"]


def mail_is_heard(stage, s):
    before = delivered(s)
    stage.mail(2 * stage.wire.servers)
    # Connection, conversation and end, inside and onward.
    s.wait_for("packets counted", lambda: delivered(s) - before
               > 2 * stage.wire.servers * 20, 5)


@check
def a_full_disk_under_the_state_stops_nothing_for_good(stage):
    folder = tempfile.mkdtemp(prefix="rtw-full-")
    disk = Disk(folder)
    config = BASE + OUTPUTS % (disk.folder + "/alerts.json", folder + "/alerts.json")
    with sensor(stage.binary, stage.wire, "--state", disk.folder + "/state", config=config,
                folder=folder, before=disk.before) as s:
        there = disk.look(s)
        disk.fill()
        mail_is_heard(stage, s)
        s.wait_log("make room on the disk", seconds=10)
        mail_is_heard(stage, s)
        need(s.logged("make room on the disk") == 1, "told once", *s.log)
        disk.empty()
        for path in (folder + "/alerts.json", there + "alerts.json"):
            s.wait_for("all alerts in " + path,
                       lambda p=path: relays_told(p) == relays_of(stage), 15)
        s.wait_log("works again")
        need(s.end() == 0, "exit status", *s.log)
        need_whole(there + "state")
        os.close(disk.seen)


def alerts_of(lines):
    """How often each alert's id stands there."""
    alerts = map(json.loads, lines)
    return collections.Counter(a["id"] for a in alerts if a.get("type") == "alert")


def lines_of(path):
    with open(path, encoding="utf-8") as text:
        return list(text)


def kept_in(state):
    with tempfile.TemporaryDirectory(prefix="rtw-copy-") as copy:
        shutil.copytree(state, copy + "/state")
        with sqlite3.connect(copy + "/state/relaytap.db") as db:
            return {row[0] for row in db.execute("SELECT uid FROM alert")}


def need_each_once(what, lines, kept):
    """One that was under way when it was written may come twice; not more often."""
    told = alerts_of(lines)
    need(set(told) == kept, "not what was kept", what, told, kept)
    need(max(told.values()) <= 2, "again and again", what, told)


@check
def a_disk_that_stays_full_keeps_no_alert_from_the_outputs(stage):
    folder = tempfile.mkdtemp(prefix="rtw-full-")
    disk = Disk(folder)
    path = folder + "/alerts.json"
    config = BASE + ("outputs:\n  - {to: stdout, name: seen, format: relaytap}\n"
                     "  - {to: file, name: here, path: %s, format: relaytap}\n" % path)
    with sensor(stage.binary, stage.wire, "--state", disk.folder + "/state", config=config,
                folder=folder, before=disk.before) as s:
        there = disk.look(s)
        disk.fill()
        mail_is_heard(stage, s)
        s.wait_log("make room on the disk", seconds=10)
        s.wait_for("all alerts, from memory", lambda: relays_told(path) == relays_of(stage),
                   15)
        s.wait_for("the same on standard output",
                   lambda: set(alerts_of(lines_of(path))) == set(alerts_of(s.lines)), 2)
        need(s.logged("go to the outputs from memory") == 1, "told once", *s.log)
        need(s.logged("works again") == 0, "the disk was not full", *s.log)
        mail_is_heard(stage, s)
        disk.empty()
        s.wait_log("the database is written again", seconds=10)
        need(s.end() == 0, "exit status", *s.log)
        need_whole(there + "state")
        kept = kept_in(there + "state")
        need_each_once("file", lines_of(path), kept)
        need_each_once("standard output", s.lines, kept)
        os.close(disk.seen)


@check
def a_sensor_that_ends_while_the_disk_is_full_has_told_its_alerts(stage):
    folder = tempfile.mkdtemp(prefix="rtw-full-")
    disk = Disk(folder)
    path = folder + "/alerts.json"
    config = BASE + "outputs: [{to: file, path: %s, format: relaytap}]\n" % path
    with sensor(stage.binary, stage.wire, "--state", disk.folder + "/state", config=config,
                folder=folder, before=disk.before) as s:
        disk.look(s)
        disk.fill()
        mail_is_heard(stage, s)
        s.wait_log("make room on the disk", seconds=10)
        need(s.end() == 1, "exit status", *s.log)
        need(s.logged("not all was kept") == 1, "not told", *s.log)
        need(relays_told(path) == relays_of(stage), "alerts", relays_told(path))
        os.close(disk.seen)


@check
def a_full_disk_under_one_output_holds_up_no_other(stage):
    folder = tempfile.mkdtemp(prefix="rtw-full-")
    disk = Disk(folder)
    config = BASE + OUTPUTS % (disk.folder + "/alerts.json", folder + "/alerts.json")
    with sensor(stage.binary, stage.wire, "--state", folder + "/state", config=config,
                folder=folder, before=disk.before) as s:
        there = disk.look(s)
        disk.fill()
        mail_is_heard(stage, s)
        s.wait_for("alerts by the other output",
                   lambda: relays_told(folder + "/alerts.json") == relays_of(stage), 10)
        s.wait_log("make room, lines wait until then", seconds=10)
        need(s.logged("make room") == 1, "told once", *s.log)
        disk.empty()
        s.wait_for("alerts there too",
                   lambda: relays_told(there + "alerts.json") == relays_of(stage), 15)
        need(s.end() == 0, "exit status", *s.log)
        need_whole(folder + "/state")
        os.close(disk.seen)
