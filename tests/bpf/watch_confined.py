# SPDX-License-Identifier: Apache-2.0
"""relaytap watch without privileges: in a folder of its own, by file capabilities."""
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time

from watch_rig import SERVERS, sensor
from watch_stage import check, need

BASE = "home: [203.0.113.0/24]\nhosted: [corp.test]\n"


def relays_told(path):
    """Servers that alerts of the file call an open relay; relaytap's own format."""
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as text:
        alerts = [json.loads(line) for line in text if line.endswith("\n")]
    return {a["server"]["ip"] for a in alerts if a.get("rule") == "open-relay"}


def relays_of(stage):
    return {SERVERS + str(n + 1) for n in range(stage.wire.servers - 1)}


def as_nobody(*command):
    return subprocess.run(["setpriv", "--reuid", "nobody", "--regid", "nogroup",
                           "--clear-groups", *command], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def need_servers(stage, binary, config, state):
    """relaytap servers reads them from that state, and has the verdicts."""
    told = as_nobody(binary, "servers", "-c", config, "--state", state, "--json")
    found = {o["server"]["ip"] for o in map(json.loads, told.splitlines())
             if o.get("type") == "server" and o["verdict"] == "open-relay"}
    need(found == relays_of(stage), "relaytap servers", found, told)


def need_no_privileges(s):
    """Of every thread, as the kernel says."""
    for task in s.status():
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            need(int(task[name], 16) == 0, "capabilities", task)
        need(task["NoNewPrivs"] == "1", "may gain privileges", task)
        need(task["Seccomp"] == "2", "no seccomp", task)
        need(int(task.get("Seccomp_filters", 1)) >= 1, "no filter", task)
        need("0" not in task["Uid"].split() + task["Gid"].split(), "root", task)


def jail_of(s_folder, config):
    """The folder to be confined to: as a system of its own, the configuration in it."""
    jail = os.path.join(s_folder, "jail")
    os.makedirs(jail + s_folder)
    shutil.copy(config, jail + config)
    os.mkdir(jail + "/out")
    os.chmod(jail + "/out", 0o777)
    return jail


def packets_of(path):
    """Of a file of pcapng: enhanced packet blocks."""
    with open(path, "rb") as file:
        octets = file.read()
    at = count = 0
    while at + 12 <= len(octets):
        kind, length = struct.unpack_from("<II", octets, at)
        need(12 <= length <= len(octets) - at and length % 4 == 0, "block", path, at, length)
        count += kind == 6
        at += length
    need(at == len(octets), "a torn block at the end", path)
    return count


def need_evidence_rotated(stage, s, path):
    """The file opened from outside and the one opened from within are at one place."""
    s.wait_for("evidence in the jail", lambda: os.path.getsize(path) > 0)
    os.rename(path, path + ".1")
    need(s.ask("rotate")[1]["ok"], "rotate", *s.log)
    s.wait_for("the new file in the jail", lambda: os.path.exists(path))
    need(packets_of(path + ".1") > 0, "no packets of the alerts", *s.log)
    need(not any("evidence file" in line for line in s.log), "evidence", *s.log)


@check
def a_sensor_confined_to_a_folder_works_there(stage):
    folder = tempfile.mkdtemp(prefix="rtw-jail-")
    text = BASE + ("outputs: [{to: file, path: /out/alerts.json, format: relaytap}]\n"
                   "state: {directory: /out/state}\n")
    config = os.path.join(folder, "relaytap.conf")
    with open(config, "w", encoding="utf-8") as out:
        out.write(text)
    jail = jail_of(folder, config)
    with sensor(stage.binary, stage.wire, "--chroot", jail, "--user", "nobody",
                "--transactions", "/out/records", "--write", "/out/evidence.pcapng",
                config=text, folder=folder) as s:
        need(os.readlink("/proc/%d/root" % s.process.pid) == jail, "the root is elsewhere",
             os.readlink("/proc/%d/root" % s.process.pid))
        need(os.readlink("/proc/%d/cwd" % s.process.pid) == jail, "the folder is elsewhere")
        stage.mail(16)
        s.wait_for("alerts in the jail",
                   lambda: relays_told(jail + "/out/alerts.json") == relays_of(stage))
        servers, end = s.ask("servers")
        need(end["ok"] and len(servers) >= stage.wire.servers, "control", servers, end)
        began = time.monotonic()
        need(s.ask("reload")[1]["ok"], "a reload within", *s.log)
        need(time.monotonic() - began < 3, "the reload took long", *s.log)
        need_no_privileges(s)
        need_evidence_rotated(stage, s, jail + "/out/evidence.pcapng")
        stage.mail(8)
        need(s.end() == 0, "exit status", *s.log)
        need(not os.path.exists("/out"), "it wrote outside of its root", *s.log)
        with open(jail + "/out/records", encoding="utf-8") as records:
            count = sum('"transaction"' in line for line in records)
        need(count >= 24, "records of before and after the reload", count, *s.log)
        need_servers(stage, stage.binary, config, jail + "/out/state")


@check
def file_capabilities_are_enough_for_all_of_it(stage):
    folder = tempfile.mkdtemp(prefix="rtw-caps-")
    os.chmod(folder, 0o755)
    binary = os.path.join(folder, "relaytap")
    try:
        shutil.copy(stage.binary, binary)
        # As the manual has it.
        given = subprocess.run(
            ["setcap", "cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon+ep", binary],
            check=False, stderr=subprocess.DEVNULL)
        if given.returncode != 0:
            print("SKIP: watch: a file cannot be given capabilities here")
            return
        work = tempfile.mkdtemp(prefix="rtw-work-")
        shutil.chown(work, "nobody", "nogroup")
        text = BASE + ("outputs: [{to: file, path: %s/alerts.json, format: relaytap}]\n"
                       % work)
        with sensor(binary, stage.wire, "--state", work + "/state", config=text,
                    folder=work, user="nobody") as s:
            need(s.logged("eBPF filter"), "the means of capture", *s.log)
            stage.mail(16)
            s.wait_for("alerts", lambda: relays_told(work + "/alerts.json")
                       == relays_of(stage))
            need_no_privileges(s)
            need_servers(stage, binary, s.config, work + "/state")
            need(s.end() == 0, "exit status", *s.log)
            need_servers(stage, binary, s.config, work + "/state")
    finally:
        shutil.rmtree(folder)


@check
def no_thread_whosoever_has_started_it_has_privileges(stage):
    """Those of the libraries for metrics and RELP too, and at all times of its life."""
    folder = tempfile.mkdtemp(prefix="rtw-all-")
    text = BASE + ("outputs:\n  - {to: file, path: %s/alerts.json, format: relaytap}\n"
                   "  - {to: relp, host: 127.0.0.1, port: 9}\n"
                   "  - {to: udp, host: 127.0.0.1, port: 9}\n" % folder)
    with sensor(stage.binary, stage.wire, "--threads", "2", "--state", folder + "/state",
                "--metrics", "127.0.0.1:9465", "--write", folder + "/evidence.pcapng",
                config=text, folder=folder) as s:
        need_no_privileges(s)
        stage.mail(8)
        s.wait_for("alerts", lambda: relays_told(folder + "/alerts.json"))
        threads = s.status()
        need(len(threads) >= 8, "main, inference, 2 packets, control, metrics, database "
             "and deliveries", len(threads))
        need_no_privileges(s)
        # Packet threads and the inference have a second filter, their own.
        own = sum(int(t.get("Seccomp_filters", 2)) >= 2 for t in threads)
        need(own >= 3, "threads with a filter of their own", own, *threads)
        need(s.ask("reload")[1]["ok"], "reload", *s.log)
        need_no_privileges(s)
        # Nobody takes what waits for these outputs: SIGTERM would wait for them.
