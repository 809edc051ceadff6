# SPDX-License-Identifier: Apache-2.0
"""SIGHUP to relaytap watch: with a state, with other outputs, and in a storm."""
import os
import signal
import subprocess
import tempfile
import time

from watch_confined import BASE, relays_of, relays_told
from watch_rig import in_space, sensor, tcpdump
from watch_stage import check, need, records_of

HANGUPS = 200
OUTPUT = "  - {to: file, name: %s, path: %s/%s.json, format: relaytap}\n"
# What is wrong, and where the log has to say it is.
BAD = (("home: [203.0.113.0/24]\nhomes: 7\n", ":2:"),
       ("home: [203.0.113.0/99]\n", ":1:"),
       ("home: [203.0.113.0/24\n", ":2:"))


@check
def an_output_that_a_reload_adds_gets_alerts(stage):
    folder = tempfile.mkdtemp(prefix="rtw-outputs-")
    first = BASE + "outputs:\n" + OUTPUT % ("one", folder, "one")
    with sensor(stage.binary, stage.wire, "--state", folder + "/state", config=first,
                folder=folder) as s:
        s.write_config(first + OUTPUT % ("two", folder, "two"))
        began = time.monotonic()
        need(s.ask("reload")[1]["ok"], "reload", *s.log)
        need(time.monotonic() - began < 3, "the reload took long", *s.log)
        stage.mail(16)
        for name in ("one", "two"):
            s.wait_for("alerts for output " + name, lambda path=folder + "/" + name + ".json":
                       relays_told(path) == relays_of(stage), 10)
        need(s.end() == 0, "exit status", *s.log)
        need(not s.logged("cannot be noted"), "the database", *s.log)


def storm(s, stop):
    """Good and bad configurations by turns, and a good one at the end."""
    good = (BASE, BASE + "limits: {connections: 4096}\n", BASE + "trusted: [192.0.2.99]\n")
    for n in range(HANGUPS):
        which = n // 2 % 3
        # In place of the old one at once, never half of it.
        with open(s.config + ".new", "w", encoding="utf-8") as out:
            out.write(BAD[which][0] if n % 2 else good[which])
        os.chmod(s.config + ".new", 0o644)
        os.rename(s.config + ".new", s.config)
        s.signal(signal.SIGHUP)
        time.sleep(0.015)
    s.write_config(BASE)
    s.signal(signal.SIGHUP)
    stop.append(True)


@check
def a_storm_of_hangups_loses_no_transaction(stage):
    with sensor(stage.binary, stage.wire, "--threads", "2", "--transactions", "-") as s:
        pcap = os.path.join(s.folder, "all.pcap")
        stop, sent = [], 0
        with tcpdump(stage.wire, pcap):
            hangups = in_space(stage.wire.inside, storm, s, stop)
            while not stop or sent < 100:
                stage.mail(20)
                sent += 20
            hangups.join()
        need(s.end() == 0, "exit status", *s.log)
        good = s.logged("configuration read anew")
        bad = [line for line in s.log if "the old configuration stays" in line]
        need(good > 20 and len(bad) > 20, "few reloads", good, len(bad))
        for line in bad:
            need(any("relaytap.conf" + where in line for _, where in BAD),
                 "where it is wrong is not told", line)
        read = subprocess.run([stage.binary, "read", "--no-any-port", "-c", s.config, pcap,
                               "--transactions", "-"], check=True, stdout=subprocess.PIPE,
                              text=True).stdout.splitlines()
        live, read = records_of(s.lines), records_of(read)
        need(len(read) >= 3 * sent, "the capture has few records", len(read), sent)
        need(live == read, "records differ", len(live), len(read),
             *[r[:1500] for r in sorted(set(live) ^ set(read))[:4]])
        capture = s.objects("capture")[-1]
        need(capture["dropped"] == 0 and capture["records_dropped"] == 0, "drops", capture)
