# SPDX-License-Identifier: Apache-2.0
"""SIGKILL, again and again: what was committed is delivered, and nothing is half there."""
import collections
import os
import random
import shutil
import time

from live_rig import (Collector, Folder, Load, Sensor, Stage, alerts_in, check, config_of,
                      json_lines, need)

KILLS = 20
SERVERS_IN_ALL = 221
# Of an alert: those that a new verdict leads to. The others sum up.
CHANGES = ("opened", "escalated", "changed", "closed")


def half_there(state):
    """Relays with a verdict and no alert, or an alert and no verdict."""
    alerts, verdicts, _ = alerts_in(state)
    told = collections.Counter((ip, port, when) for _, rule, action, ip, port, when in alerts
                               if rule == "open-relay" and action in CHANGES)
    judged = collections.Counter((ip, port, when) for ip, port, when, verdict in verdicts
                                 if verdict == "open-relay")
    return sorted((told - judged) + (judged - told)), len({ip for ip, _, _ in judged})


def look_at_copy(state, folder):
    """As the killed one left it, so that the next one mends what it finds by itself."""
    copy = folder / "copy"
    if not os.path.exists(os.path.join(state, "relaytap.db")):
        return 0
    shutil.copytree(state, copy)
    half, count = half_there(copy)
    shutil.rmtree(copy)
    need(not half, "half there after a kill", *half)
    return count


def lives(binary, stage, folder, config, load):
    """Twenty of them; the ends are anywhere, also in the start."""
    dice = random.Random(7)
    seen = []
    for life in range(KILLS):
        s = Sensor(binary, stage.wire, config=config, folder=folder.path, wait=False)
        load.open((life + 1) * (SERVERS_IN_ALL - 1) // KILLS)
        time.sleep(dice.uniform(0.02, 2.2))
        need(s.process.poll() is None, "it ended by itself", *s.log)
        s.process.kill()
        s.process.wait()
        seen.append(look_at_copy(folder / "state", folder))
    return seen


@check
def twenty_kills_lose_no_alert(binary):
    stage = Stage(binary, SERVERS_IN_ALL)
    collector = Collector(stage.wire)
    with Folder() as folder:
        config = config_of("to: file, path: %s" % (folder / "alerts.json"),
                           "to: relp, host: 127.0.0.1, port: %d" % collector.relp,
                           more="state: {directory: %s}\n" % (folder / "state"))
        load = Load(stage)
        try:
            seen = lives(binary, stage, folder, config, load)
            s = Sensor(binary, stage.wire, config=config, folder=folder.path)
            s.wait_for("alerts about all relays",
                       lambda: half_there(folder / "state")[1] >= 200, 20)
            load.stop()
            time.sleep(1)
            need(s.end() == 0, "exit status", *s.log)
            judge(folder, collector, seen, load)
        finally:
            load.stopped = True
            collector.close()
            stage.close()


def judge(folder, collector, seen, load):
    alerts, verdicts, waiting = alerts_in(folder / "state")
    half, relays = half_there(folder / "state")
    kept = {row[0] for row in alerts}
    in_file = [o["event"]["id"] for o in json_lines(folder / "alerts.json")]
    by_relp = collector.ids()
    print("kill: %d kills, %d mails, %d relays (known at each kill: %s), %d alerts, "
          "%d verdicts; file: %d lines, %d twice; RELP: %d lines, %d twice"
          % (KILLS, load.sent, relays, " ".join(map(str, seen)), len(alerts), len(verdicts),
             len(in_file), len(in_file) - len(set(in_file)),
             len(by_relp), len(by_relp) - len(set(by_relp))))
    need(not half, "verdicts and alerts do not match", *half)
    need(relays >= 200, "few relays were found", relays)
    need(waiting == 0, "deliveries wait", waiting)
    need(set(in_file) == kept, "the file differs from the database",
         len(kept - set(in_file)), len(set(in_file) - kept))
    need(set(by_relp) == kept, "the collector differs from the database",
         len(kept - set(by_relp)), len(set(by_relp) - kept))
