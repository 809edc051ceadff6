# SPDX-License-Identifier: Apache-2.0
"""The collector goes away, dies, freezes, shows a wrong certificate: while mail flows."""
import time
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM

from live_rig import (Collector, Folder, Load, Sensor, Stage, alerts_in, check, config_of,
                      drops, json_lines, need)

OUTPUTS = ("relp", "relps", "tls")
WITH_TLS = ("relps", "tls")
# Relays that are new before each trouble, and as many during it.
NEW = 12
TROUBLES = 4
# s: longer than a sink waits for an answer (5 s).
FROZEN = 10
# Of TLS without RELP: what the collector's kernel had taken and nobody had read.
TLS_BOUND = 20


class Outage:
    """A sensor with mail, a file that always takes alerts, and the collector."""

    def __init__(self, binary, folder):
        self.stage = Stage(binary, (2 * TROUBLES + 1) * NEW + 2)
        self.collector = Collector(self.stage.wire)
        self.file = folder / "alerts.json"
        self.state = folder / "state"
        config = config_of("to: file, path: %s" % self.file,
                           *(self.collector.output(name) for name in OUTPUTS),
                           more="state: {directory: %s}\n" % self.state)
        self.sensor = Sensor(binary, self.stage.wire, config=config, folder=folder.path)
        self.load = Load(self.stage)
        self.lost = {name: set() for name in OUTPUTS}
        self.told = {name: 0 for name in OUTPUTS}
        self.opened = 1

    def made(self):
        """All alerts up to now, as the file has them."""
        return {o["event"]["id"] for o in json_lines(self.file)}

    def new_relays(self):
        """Until the file tells of each."""
        self.opened += NEW
        self.load.open(self.opened)

        def all_told():
            about = {o["server"]["ip"] for o in json_lines(self.file)
                     if o["relaytap"].get("grade") == "confirmed"}
            return len(about) >= self.opened
        self.sensor.wait_for("alerts about %d relays in the file" % self.opened, all_told)

    def arrived(self, outputs=OUTPUTS, bound=0):
        """Until these have what the file has by now; TLS less what it may have lost."""
        made = self.made()
        for name in outputs:
            def missing(name=name):
                return made - set(self.collector.ids(name)) - self.lost[name]
            self.sensor.wait_for("what waits for %s" % name,
                                 lambda name=name: self.waits(name) == 0, 40)
            if name == "tls" and bound:
                self.lost[name] |= self.left_of(missing)
                need(len(self.lost[name]) <= bound, "more is lost than may be",
                     len(self.lost[name]))
            else:
                self.sensor.wait_for("alerts that %s misses" % name,
                                     lambda missing=missing: not missing(), 20)

    @staticmethod
    def left_of(missing):
        """All is sent: what has not come a second later does not."""
        end = time.monotonic() + 1
        while missing() and time.monotonic() < end:
            time.sleep(0.02)
        return missing()

    def output(self, name):
        outputs = self.sensor.ask("top")[0][0]["outputs"]
        return next(o for o in outputs if o["name"] == name)

    def waits(self, name):
        return self.output(name)["waiting"]

    def down(self, before):
        """Until each output has said so once more."""
        for name in OUTPUTS:
            self.sensor.wait_log("output %s is down" % name, before[name] + 1)

    def counts(self):
        return {name: self.sensor.logged("output %s is down" % name) for name in OUTPUTS}

    def tell(self, what):
        made = self.made()
        lost = drops(self.sensor)
        for name in OUTPUTS:
            ids = self.collector.ids(name)
            print("outage: %-24s %-5s %4d alerts, %4d arrived (%d new), %d lost, %d twice"
                  % (what, name, len(made), len(set(ids)), len(set(ids)) - self.told[name],
                     len(self.lost[name]), len(ids) - len(set(ids))), flush=True)
            self.told[name] = len(set(ids))
        need(lost == 0, what + ": the capture lost packets", lost)

    def close(self):
        self.load.stopped = True
        self.sensor.close()
        self.collector.close()
        self.stage.close()


def away(o, number):
    """In the middle of alerts, not between them."""
    before = o.counts()
    o.load.open(o.opened + NEW)
    o.collector.stop(number)
    o.new_relays()
    o.new_relays()
    o.down(before)
    o.collector.start()
    o.arrived(bound=TLS_BOUND)


def frozen(o):
    twice = {name: repeats(o, name) for name in OUTPUTS}
    o.load.open(o.opened + NEW)
    o.collector.send(SIGSTOP)
    end = time.monotonic() + FROZEN
    o.new_relays()
    o.new_relays()
    time.sleep(max(0, end - time.monotonic()))
    o.collector.send(SIGCONT)
    o.arrived()
    for name in OUTPUTS:
        need(repeats(o, name) == twice[name], "frozen: %s has some twice" % name)


def repeats(o, name):
    ids = o.collector.ids(name)
    return len(ids) - len(set(ids))


def wrong_certificate(o):
    o.collector.stop()
    o.collector.start("foreign")
    o.new_relays()
    had = {name: len(o.collector.ids(name)) for name in WITH_TLS}
    o.new_relays()
    o.arrived(("relp",))
    for name in WITH_TLS:
        o.sensor.wait_for("%s down for want of trust" % name, lambda name=name:
                          "is not trusted" in o.output(name).get("error", ""))
    need(all(len(o.collector.ids(name)) == had[name] for name in WITH_TLS),
         "a collector that is not trusted got alerts")
    o.collector.stop()
    o.collector.start()
    o.arrived(bound=TLS_BOUND)


@check
def collector_away_and_no_alert_lost(binary):
    with Folder() as folder:
        o = Outage(binary, folder)
        try:
            o.new_relays()
            o.arrived()
            o.tell("before")
            for what, trouble in (("stopped (SIGTERM)", lambda: away(o, SIGTERM)),
                                  ("killed (SIGKILL)", lambda: away(o, SIGKILL)),
                                  ("frozen for %d s" % FROZEN, lambda: frozen(o)),
                                  ("wrong certificate", lambda: wrong_certificate(o))):
                trouble()
                o.tell(what)
            o.load.stop()
            need(o.sensor.end() == 0, "exit status", *o.sensor.log)
            judge(o)
        finally:
            o.close()


def judge(o):
    alerts, _, waiting = alerts_in(o.state)
    kept = {row[0] for row in alerts}
    need(waiting == 0, "deliveries wait", waiting)
    need(o.made() == kept, "the file differs from the database")
    for name in OUTPUTS:
        missing = kept - set(o.collector.ids(name)) - o.lost[name]
        need(not missing, "%s misses alerts" % name, *sorted(missing))
        need(set(o.collector.ids(name)) <= kept, "%s has what nobody made" % name)
