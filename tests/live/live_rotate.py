# SPDX-License-Identifier: Apache-2.0
"""logrotate with the installed file, while alerts are written: none is lost or doubled."""
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import time

from live_rig import Folder, Load, Sensor, Stage, alerts_in, check, config_of, need

ROTATIONS = 4
SERVERS_IN_ALL = 61
INSTALLED = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         "../../sensor/relaytap.logrotate")


def rewritten(folder, pid):
    """The installed file with paths, user and process of this test in place of its own."""
    with open(INSTALLED, encoding="ascii") as f:
        text = f.read()
    for pattern, to in ((r"/var/log/relaytap/", folder.path + "/"),
                        (r"\brelaytap relaytap\b", "nobody nogroup"),
                        (r"systemctl kill .*", "kill -HUP %d" % pid)):
        text, count = re.subn(pattern, to, text)
        need(count, "the installed file has no " + pattern)
    path = folder / "rotate.conf"
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    os.chmod(path, 0o644)
    return path


def rotate(folder, config, *options):
    run = subprocess.run(["/usr/sbin/logrotate", "-s", folder / "rotate.state", *options,
                          config], capture_output=True, text=True, check=False)
    need(run.returncode == 0 and "error:" not in run.stderr, "logrotate", run.stderr)


def lines_in(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as text:
        return [json.loads(line)["event"]["id"] for line in text]


def judge(folder):
    alerts, _, waiting = alerts_in(folder / "state")
    files = sorted(glob.glob(folder / "alerts.json*"))
    found = [i for path in files for i in lines_in(path)]
    kept = {row[0] for row in alerts}
    print("rotate: %d rotations, %d alerts in %d files" % (ROTATIONS, len(found), len(files)))
    need(len(files) == ROTATIONS + 1, "files", *files)
    need(sum(path.endswith(".gz") for path in files) == ROTATIONS - 1, "compressed", *files)
    need(all(lines_in(path) for path in files), "a file without alerts", *files)
    need(waiting == 0, "deliveries wait", waiting)
    need(len(found) == len(set(found)), "lines twice", len(found) - len(set(found)))
    need(set(found) == kept, "lines lost", len(kept - set(found)), len(set(found) - kept))


@check
def logrotate_loses_and_doubles_no_alert(binary):
    if not shutil.which("logrotate", path="/usr/sbin:/usr/bin"):
        print("SKIP: live: no logrotate")
        return
    stage = Stage(binary, SERVERS_IN_ALL)
    with Folder() as folder:
        config = config_of("to: file, path: %s" % (folder / "alerts.json"),
                           more="state: {directory: %s}\n" % (folder / "state"))
        load = Load(stage)
        s = Sensor(binary, stage.wire, config=config, folder=folder.path)
        try:
            conf = rewritten(folder, s.process.pid)
            rotate(folder, conf, "-d")
            for turn in range(1, ROTATIONS + 1):
                load.open(turn * (SERVERS_IN_ALL - 1) // (ROTATIONS + 1))
                s.wait_for("alerts to rotate", lambda: os.path.exists(folder / "alerts.json")
                           and os.path.getsize(folder / "alerts.json") > 0)
                time.sleep(0.3)
                rotate(folder, conf, "-f")
            load.open(SERVERS_IN_ALL - 1)
            s.wait_for("alerts behind the last rotation",
                       lambda: os.path.getsize(folder / "alerts.json") > 0)
            time.sleep(1)
            load.stop()
            time.sleep(1)
            need(s.end() == 0, "exit status", *s.log)
            judge(folder)
        finally:
            load.stopped = True
            s.close()
            stage.close()
