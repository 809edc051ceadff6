#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""relaytap watch on a virtual cable, end to end: what it says, and how it lives.

usage: watch_checks.py PROGRAM [NAME...]     (root; names of checks, or all)
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import watch_bulk  # noqa: F401
import watch_clock  # noqa: F401
import watch_confined  # noqa: F401
import watch_disk  # noqa: F401
import watch_evidence  # noqa: F401
import watch_flood  # noqa: F401
import watch_hangup  # noqa: F401
import watch_tap  # noqa: F401
import watch_watchdog  # noqa: F401
from watch_mail import Peer
from watch_rig import CLIENT, SERVERS, Failed, in_space, sensor, tcpdump
from watch_stage import CHECKS, Stage, check, need, records_of, verdicts_of

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def equals_read(stage, threads):
    """Transactions and verdicts are those of relaytap read over the same packets."""
    with sensor(stage.binary, stage.wire, "--threads", str(threads), "--transactions", "-") as s:
        pcap = os.path.join(s.folder, "all.pcap")
        with tcpdump(stage.wire, pcap):
            stage.mail(60)
        need(s.end() == 0, "exit status", *s.log)
        read = [stage.binary, "read", "--no-any-port", "-c", s.config, pcap]
        records = subprocess.run([*read, "--transactions", "-"], check=True,
                                 stdout=subprocess.PIPE, text=True).stdout.splitlines()
        verdicts = subprocess.run([*read, "--json"], check=True, stdout=subprocess.PIPE,
                                  text=True).stdout.splitlines()
        live, read = records_of(s.lines), records_of(records)
        need(len(read) >= 200, "the capture has few records", len(read))
        need(live == read, "records differ", len(live), len(read),
             *[r[:1500] for r in sorted(set(live) ^ set(read))[:4]])
        want = {k: v for k, v in verdicts_of(verdicts).items() if v[0] != "unknown"}
        need(want == verdicts_of(s.lines), "verdicts differ", want, verdicts_of(s.lines))
        need(sum(v[0] == "open-relay" for v in want.values()) == stage.wire.servers - 1,
             "not all relays were found", want)
        capture = s.objects("capture")[-1]
        need(capture["dropped"] == 0 and capture["records_dropped"] == 0,
             "something was dropped", capture)
        numbers_are_each_thread_s_own(s.objects("transaction"), threads)


def numbers_are_each_thread_s_own(transactions, threads):
    """A connection stays on its thread; threads take turns with the numbers of frames."""
    firsts = [t["frames"][0] for t in transactions]
    need(len(set(firsts)) == len(firsts), "a number is given twice", sorted(firsts))
    for t in transactions:
        need((t["frames"][0] - t["frames"][1]) % threads == 0, "numbers", t["frames"])
    need(len({n % threads for n in firsts}) == threads, "a thread heard nothing", firsts)


@check
def one_thread_says_what_read_says(stage):
    equals_read(stage, 1)


@check
def two_threads_say_what_read_says(stage):
    equals_read(stage, 2)


@check
def no_privileges_are_left(stage):
    with sensor(stage.binary, stage.wire, "--threads", "2") as s:
        for task in s.status():
            need("0" not in task["Uid"].split(), "root", task)
            need("0" not in task["Gid"].split(), "group root", task)
            for name in ("CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"):
                need(int(task[name], 16) == 0, "capabilities", task)
            need(task["NoNewPrivs"] == "1", "may gain privileges", task)
            need(task["Seccomp"] == "2", "no seccomp", task)
        need(len(s.status()) >= 4, "main, inference and two packet threads", s.status())
        need(s.end() == 0, "exit status", *s.log)


@check
def file_capabilities_are_enough_to_start(stage):
    folder = "/tmp/rtw-caps-%d" % os.getpid()
    os.makedirs(folder, exist_ok=True)
    binary = os.path.join(folder, "relaytap")
    try:
        shutil.copy(stage.binary, binary)
        os.chmod(folder, 0o755)
        if not may_have_capabilities(binary):
            print("SKIP: watch: a file cannot be given capabilities here")
            return
        with sensor(binary, stage.wire, user="nobody") as s:
            stage.mail(8)
            s.wait_for("a verdict", lambda: s.objects("server"))
            for task in s.status():
                need(int(task["CapEff"], 16) == 0, "capabilities", task)
                need(int(task["CapPrm"], 16) == 0, "capabilities", task)
            need(s.end() == 0, "exit status", *s.log)
    finally:
        shutil.rmtree(folder)


def may_have_capabilities(binary):
    for names in ("cap_net_raw,cap_bpf,cap_perfmon", "cap_net_raw"):
        given = subprocess.run(["setcap", names + "=ep", binary], check=False,
                               stderr=subprocess.DEVNULL)
        if given.returncode == 0:
            return True
    return False


@check
def an_alert_goes_to_standard_output(stage):
    with sensor(stage.binary, stage.wire, "--alerts", "relaytap") as s:
        stage.mail(8)
        s.wait_for("an alert", lambda: any(
            o.get("rule") == "open-relay" for o in s.objects("alert")))
        need(s.end() == 0, "exit status", *s.log)
        need(not s.objects("server"), "server records on the same stream", *s.lines)


@check
def two_hundred_hangups_lose_no_record(stage):
    with sensor(stage.binary, stage.wire, "--threads", "2", "--transactions", "-") as s:
        stop = []

        def storm():
            for _ in range(200):
                s.signal(signal.SIGHUP)
                time.sleep(0.01)
            stop.append(True)

        hangups = in_space(stage.wire.inside, storm)
        sent = 0
        while not stop or sent < 100:
            stage.mail(20)
            sent += 20
        hangups.join()
        need(s.end() == 0, "exit status", *s.log)
        mails = sum(o["type"] == "transaction" for o in map(json.loads, s.lines))
        relays = sent - sent // stage.wire.servers
        # Each relayed mail is a transaction inside and one on its way out.
        need(abs(mails - (sent + relays)) <= 2, "transactions", mails, sent + relays)
        need(s.logged("configuration read anew") > 5, "few reloads", *s.log[-5:])
        capture = s.objects("capture")[-1]
        need(capture["dropped"] == 0 and capture["records_dropped"] == 0, "drops", capture)


@check
def a_bad_configuration_is_refused_and_the_old_stays(stage):
    with sensor(stage.binary, stage.wire) as s:
        s.write_config("home: [203.0.113.0/24]\nhomes: 7\n")
        s.signal(signal.SIGHUP)
        s.wait_log("the old configuration stays")
        need(s.logged("relaytap.conf:2:"), "the line is not named", *s.log)
        s.write_config("home: [203.0.113.0/24]\nhosted: [corp.test]\n"
                       "limits: {connections: 4096}\n")
        s.signal(signal.SIGHUP)
        s.wait_log("limits.connections changed")
        s.wait_log("configuration read anew")
        stage.mail(8)
        s.wait_for("a verdict", lambda: any(
            o["verdict"] == "open-relay" for o in s.objects("server")))
        need(s.end() == 0, "exit status", *s.log)


@check
def a_reload_takes_effect_on_what_is_known(stage):
    with sensor(stage.binary, stage.wire, "--alerts", "relaytap") as s:
        stage.mail(8)
        s.wait_for("alerts", lambda: len(s.objects("alert")) >= stage.wire.servers - 1)
        s.write_config("home: [203.0.113.0/24]\nhosted: [corp.test]\n"
                       "trusted: [%s]\n" % CLIENT)
        s.signal(signal.SIGHUP)
        s.wait_log("configuration read anew")
        s.wait_for("the end of the alerts", lambda: any(
            o["action"] in ("closed", "changed") for o in s.objects("alert")))
        need(s.end() == 0, "exit status", *s.log)


def open_connection(stage, done, told):
    c = socket.create_connection((SERVERS + "1", 25), source_address=(CLIENT, 0))
    lines = c.makefile("rb")
    lines.readline()
    for text in ("EHLO half.attacker.test", "MAIL FROM:<x@shop.test>",
                 "RCPT TO:<b@victim.test>"):
        c.sendall(text.encode() + b"\r\n")
        lines.readline()
    told.append(True)
    while not done:
        time.sleep(0.05)
    c.close()


@check
def the_end_finishes_connections_in_hand(stage):
    with sensor(stage.binary, stage.wire, "--transactions", "-") as s:
        done, told = [], []
        thread = in_space(stage.wire.outside, open_connection, stage, done, told)
        while not told:
            time.sleep(0.02)
        began = time.monotonic()
        need(s.end() == 0, "exit status", *s.log)
        took = time.monotonic() - began
        done.append(True)
        thread.join()
        helos = [o["client"].get("helo") for o in s.objects("transaction")]
        need("half.attacker.test" in helos, "the open transaction is not there", *s.lines)
        need(took < 15, "the end took long", took)


@check
def an_interface_that_goes_and_comes_back_is_told(stage):
    with sensor(stage.binary, stage.wire, "--alerts", "relaytap") as s:
        stage.wire.unplug()
        try:
            s.wait_log("interface is gone")
            s.wait_for("an alert of blindness", lambda: any(
                o["rule"] == "sensor-blind" for o in s.objects("alert")))
        finally:
            stage.wire.plug()
        s.wait_log("capturing")
        time.sleep(2)
        stage.mail(8)
        s.wait_for("an alert of a relay", lambda: any(
            o["rule"] == "open-relay" for o in s.objects("alert")))
        need(s.end() == 0, "exit status", *s.log)


@check
def counters_are_logged_on_request(stage):
    with sensor(stage.binary, stage.wire) as s:
        stage.mail(4)
        s.signal(signal.SIGUSR1)
        s.wait_log("connections open")
        need(s.end() == 0, "exit status", *s.log)


def send_password(server):
    """By AUTH without TLS: a finding."""
    peer = Peer(socket.create_connection((server, 25), source_address=(CLIENT, 0)))
    peer.ask(None, b"220")
    peer.ask("EHLO c.test", b"250")
    peer.ask("AUTH PLAIN AGpvZQBzZWNyZXQ=", b"235")
    peer.ask("QUIT", b"221")
    peer.close()


def as_documented(s):
    """All answers so far are valid by the schema, and each of its types is among them."""
    path = os.path.join(s.folder, "answers")
    with open(path, "wb") as out:
        out.writelines(s.answers)
    # The Python that Debian's python3-jsonschema belongs to, whatever else is installed.
    told = subprocess.run(
        ["/usr/bin/python3", TOP + "/tests/golden/schema.py", "--control",
         TOP + "/sensor/relaytap.schema.json", path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    need(told.returncode == 0, "answers are not as documented", told.stdout)


@check
def questions_are_answered(stage):
    with sensor(stage.binary, stage.wire, "--threads", "2") as s:
        done, told = [], []
        thread = in_space(stage.wire.outside, open_connection, stage, done, told)
        stage.mail(8)
        in_space(stage.wire.outside, send_password, SERVERS + "1").join()
        s.wait_for("a verdict", lambda: s.objects("server"))
        while not told:
            time.sleep(0.02)
        time.sleep(0.5)
        kinds = [o["type"] for o in s.ask("stats")[0]]
        need(kinds == ["capture", "stats"], "stats", kinds)
        servers, end = s.ask("servers")
        need(end["ok"] and len(servers) >= stage.wire.servers, "servers", servers)
        need(servers[0]["verdict"] == "open-relay", "not the most serious first", servers)
        s.wait_for("a finding", lambda: any(
            o["type"] == "finding" for o in s.ask("show " + SERVERS + "1")[0]))
        shown, end = s.ask("show " + SERVERS + "1")
        need(end["ok"] and shown[0]["server"]["ip"] == SERVERS + "1", "show", shown)
        why, end = s.ask("why %s1:25" % SERVERS)
        need(end["ok"] and "relay" in why[0]["text"].lower(), "why", why)
        flows, end = s.ask("flows")
        need(end["ok"] and any(f.get("client", {}).get("ip") == CLIENT
                               and f["server"]["octets"] > 0 for f in flows), "flows", flows)
        top, end = s.ask("top")
        need(end["ok"] and top[0]["servers"][0]["verdict"] == "open-relay", "top", top)
        need(top[0]["interfaces"][0]["state"] == "up", "top", top)
        need(s.ask("reload")[1]["ok"] and s.ask("rotate")[1]["ok"], "orders")
        s.write_config("homes: 7\n")
        need(not s.ask("reload")[1]["ok"], "a bad configuration was taken")
        for wrong in ("nonsense", "show", "show 192.0.2.250"):
            need(not s.ask(wrong)[1]["ok"], wrong + " was taken")
        listed = [o["name"] for o in s.ask("help")[0]]
        need(listed and all(word in s.ask("nonsense")[1]["error"] for word in listed),
             "help", listed)
        as_documented(s)
        done.append(True)
        thread.join()
        need(s.end() == 0, "exit status", *s.log)


@check
def counters_are_served(stage):
    with sensor(stage.binary, stage.wire, "--metrics", "127.0.0.1:9464") as s:
        stage.mail(8)
        time.sleep(2.5)
        page = []

        def get():
            with urllib.request.urlopen("http://127.0.0.1:9464/metrics") as answer:
                page.extend(answer.read().decode().splitlines())

        in_space(stage.wire.inside, get).join()
        values = dict(line.rsplit(" ", 1) for line in page if not line.startswith("#"))
        need(float(values["relaytap_packets_total"]) > 50, "packets", values)
        need(float(values['relaytap_dropped_total{stage="ring"}']) == 0, "drops", values)
        need(float(values['relaytap_servers{verdict="open-relay"}']) >= 1, "verdicts",
             values)
        need(float(values['relaytap_interface_up{interface="vb"}']) == 1, "up", values)
        help_lines = [line.split()[2] for line in page if line.startswith("# HELP")]
        need(len(help_lines) == len(set(help_lines)), "HELP twice", help_lines)
        need(s.end() == 0, "exit status", *s.log)


def notifications(path):
    n = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    n.bind(path)
    os.chmod(path, 0o777)
    n.settimeout(10)
    return n


def heard(n, word):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if word in n.recv(4096).decode():
            return True
    return False


@check
def the_service_manager_is_told(stage):
    folder = "/tmp/rtw-notify-%d" % os.getpid()
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)
    n = notifications(folder + "/notify")
    env = {"NOTIFY_SOCKET": folder + "/notify", "WATCHDOG_USEC": "2000000"}
    try:
        with sensor(stage.binary, stage.wire, env=env) as s:
            need(heard(n, "READY=1"), "not ready", *s.log)
            need(heard(n, "WATCHDOG=1"), "no sign of life", *s.log)
            s.signal(signal.SIGHUP)
            need(heard(n, "RELOADING=1"), "no reload", *s.log)
            need(heard(n, "READY=1"), "not ready after the reload", *s.log)
            need(s.end() == 0, "exit status", *s.log)
            need(heard(n, "STOPPING=1"), "no end", *s.log)
    finally:
        n.close()
        os.unlink(folder + "/notify")
        os.rmdir(folder)


def finds_mail_on(stage, port, config, *options):
    """Is mail on that port seen?"""
    config += "hosted: [corp.test]\nports: {smtp: [587], smtps: []}\n"
    with sensor(stage.binary, stage.wire, *options, "--transactions", "-", config=config) as s:
        stage.mail(4)
        need(s.end() == 0, "exit status", *s.log)
        return any(o["server"]["port"] == port for o in s.objects("transaction"))


@check
def other_ports_are_heard_by_file_or_option(stage):
    need(not finds_mail_on(stage, 25, ""), "the default is not off")
    need(finds_mail_on(stage, 25, "any_port: true\n"), "any_port in the file is ignored")
    need(not finds_mail_on(stage, 25, "any_port: true\n", "--no-any-port"),
         "--no-any-port is ignored")
    need(finds_mail_on(stage, 25, "any_port: false\n", "--any-port"),
         "--any-port is ignored")


@check
def records_are_reopened_after_a_rotation(stage):
    with sensor(stage.binary, stage.wire) as first:
        folder = first.folder
        path = os.path.join(folder, "records")
        with sensor(stage.binary, stage.wire, "--transactions", path) as s:
            stage.mail(4)
            time.sleep(0.5)
            os.rename(path, path + ".1")
            s.signal(signal.SIGHUP)
            s.wait_log("configuration read anew")
            time.sleep(0.3)
            stage.mail(4)
            need(s.end() == 0, "exit status", *s.log)
            for name in (path, path + ".1"):
                with open(name, encoding="utf-8") as text:
                    need("transaction" in text.read(), name + " is empty", *s.log)
        first.end()


@check
def evidence_is_reopened_after_a_rotation(stage):
    with sensor(stage.binary, stage.wire) as first:
        path = os.path.join(first.folder, "evidence.pcapng")
        # A relay's alert comes once for each server: the second half is of other servers.
        with sensor(stage.binary, stage.wire, "--write", path) as s:
            stage.mail(1)
            s.wait_for("evidence", lambda: os.path.getsize(path) > 1000)
            os.rename(path, path + ".1")
            need(s.ask("rotate")[1]["ok"], "rotate", *s.log)
            stage.mail(stage.wire.servers - 1)
            s.wait_for("evidence in the new file", lambda: os.path.getsize(path) > 1000)
            before = os.path.getsize(path + ".1")
            need(s.end() == 0, "exit status", *s.log)
        need(os.path.getsize(path + ".1") == before, "the old file grew")
        for name in (path, path + ".1"):
            need(os.stat(name).st_uid != 0 and os.stat(name).st_mode & 0o777 == 0o600,
                 "whose it is", os.stat(name))
            found = subprocess.run([stage.binary, "read", "--json", "-c", first.config, name],
                                   check=True, stdout=subprocess.PIPE, text=True)
            need("open-relay" in [v[0] for v in verdicts_of(
                found.stdout.splitlines()).values()], name, found.stdout[:2000])
        first.end()


def main():
    binary, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    stage = Stage(binary)
    passed = failed = 0
    try:
        for function in CHECKS:
            if names and function.__name__ not in names:
                continue
            began = time.monotonic()
            try:
                function(stage)
                passed += 1
            except (Failed, OSError, AssertionError, KeyError, ValueError) as error:
                failed += 1
                print("FAILED: watch: %s: %s" % (function.__name__, error))
            if os.environ.get("WATCH_TIMES"):
                print("%6.1f s  %s" % (time.monotonic() - began, function.__name__))
    finally:
        stage.wire.close()
    print("relaytap watch: %d passed, %d failed" % (passed, failed))
    # Threads that wait in accept() are of no use any more.
    sys.stdout.flush()
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    main()
