# SPDX-License-Identifier: Apache-2.0
"""Packets that alerts rest on, by relaytap watch --write; and a cable that is pulled."""
import os
import subprocess
import time

from watch_rig import sensor
from watch_stage import check, need, verdicts_of


def read_verdicts(stage, config, path):
    lines = subprocess.run([stage.binary, "read", "-c", config, "--json", path], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return verdicts_of(lines)


def evidence_proves_verdicts(stage, threads):
    path = "/tmp/rtw-evidence-%d.pcapng" % os.getpid()
    try:
        with sensor(stage.binary, stage.wire, "--write", path, "--threads", str(threads)) as s:
            stage.mail(24)
            s.wait_for("verdicts", lambda: sum(
                v[0] == "open-relay" for v in verdicts_of(s.lines).values())
                == stage.wire.servers - 1)
            need(s.end() == 0, "exit status", *s.log)
            live = {k: v for k, v in verdicts_of(s.lines).items() if v[0] == "open-relay"}
            read = read_verdicts(stage, s.config, path)
            for server, verdict in live.items():
                need(read.get(server) == verdict, "read has another verdict", server,
                     verdict, read)
    finally:
        if os.path.exists(path):
            os.unlink(path)


@check
def evidence_proves_the_verdict_again(stage):
    evidence_proves_verdicts(stage, 1)


@check
def evidence_of_two_threads_proves_it_too(stage):
    evidence_proves_verdicts(stage, 2)


def relays_in(s):
    return {o["server"]["ip"] for o in s.objects("alert") if o["rule"] == "open-relay"}


@check
def a_cable_pulled_twice_is_heard_again(stage):
    with sensor(stage.binary, stage.wire, "--alerts", "relaytap", "--threads", "2") as s:
        stage.mail(2)
        s.wait_for("a relay before", lambda: relays_in(s))
        for times in (1, 2):
            stage.wire.unplug()
            try:
                s.wait_log("vb: interface is gone", times)
            finally:
                stage.wire.plug()
            s.wait_log("vb: interface is back, capturing", times)
            before = s.ask("stats")[0][0]["delivered"]
            stage.mail(stage.wire.servers)
            s.wait_for("mail seen again", lambda n=before:
                       s.ask("stats")[0][0]["delivered"] > n)
        s.wait_for("all relays", lambda: len(relays_in(s)) == stage.wire.servers - 1)
        need(s.end() == 0, "exit status", *s.log)


@check
def libpcap_that_cannot_hear_it_again_says_so(stage):
    """It has no privileges any more, and opens what it hears anew: it stays blind."""
    with sensor(stage.binary, stage.wire, "--capture", "pcap") as s:
        stage.wire.unplug()
        try:
            s.wait_log("vb: interface is gone")
        finally:
            stage.wire.plug()
        s.wait_log("cannot be opened again")
        need(s.logged("start the sensor anew"), "the mend is not told", *s.log)
        time.sleep(0.5)
        state = s.ask("top")[0][0]["interfaces"][0]["state"]
        need(state != "up", "a deaf interface is said to be up", state)
        need(s.end() == 0, "exit status", *s.log)
