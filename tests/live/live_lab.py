#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""relaytap watch on the wire of real mail servers, held to what the capture says after.

usage: live_lab.py PROGRAM [NAME...]     (root; names or patterns of the lab's captures)

The lab (tests/lab) plays each situation with relaytap watch beside its tcpdump. Every
transaction and every server's verdict has to be the one that relaytap read gives on the
capture; but two sockets may hear packets of the two directions, sent at once by two
processors, in different order, so TLS records are compared in each direction. What both say against
what really happened is the business of tests/truth.
"""
import contextlib
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bpf"))
from watch_stage import by_direction, records_of, verdicts_of  # noqa: E402

LAB = os.path.join(HERE, "..", "lab", "run")
# Of each kind of server: open, closed, login in clear and in TLS, refusals, a long way.
SITUATIONS = ["postfix-open", "postfix-open-ipv6", "postfix-open-tls", "postfix-closed",
              "postfix-remediated", "postfix-open-two-hops", "postfix-inbound",
              "exim-open", "exim-auth-*", "exim-closed", "sendmail-open",
              "sendmail-trick-percent", "opensmtpd-open", "opensmtpd-closed"]


def lines_of(path):
    with open(path, encoding="utf-8") as lines:
        return lines.read().splitlines()


def offline(binary, pcap, *options):
    done = subprocess.run([binary, "read", "-q", "--no-any-port", *options, pcap],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError("%s: relaytap read: exit status %d" % (pcap, done.returncode))
    return done.stdout.splitlines()


def differences(binary, name, out):
    """What is said differently of one capture, as lines; and how much was compared.

    Live, a server is spoken of when its verdict changes: silence is unknown.
    """
    pcap = os.path.join(out, name + ".pcap")
    live = records_of(by_direction(lines_of(os.path.join(out, name + ".records"))))
    read = records_of(by_direction(offline(binary, pcap, "--transactions", "-")))
    said = ["%s: only live: %s" % (name, r) for r in sorted(set(live) - set(read))]
    said += ["%s: only in the capture: %s" % (name, r) for r in sorted(set(read) - set(live))]
    if not said and len(live) != len(read):
        said.append("%s: %d records live, %d of the capture" % (name, len(live), len(read)))
    verdicts = verdicts_of(offline(binary, pcap, "--json"))
    seen = verdicts_of(lines_of(os.path.join(out, name + ".verdicts")))
    for server in sorted(set(verdicts) | set(seen)):
        if verdicts.get(server) != seen.get(server, ("unknown", None)):
            said.append("%s: %s: live %s, of the capture %s" % (
                name, server, seen.get(server), verdicts.get(server)))
    return said, len(read), len(verdicts)


def reason_to_skip():
    if os.geteuid() != 0:
        return "no root"
    made = subprocess.run([LAB, "--build"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if made.returncode != 0:
        return "the images of the mail servers cannot be made: " + made.stdout[-300:]
    tried = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "ip", "link",
                            "add", "br0", "type", "bridge"], stderr=subprocess.PIPE,
                           text=True, check=False)
    if tried.returncode != 0:
        return "no name spaces or bridges: " + tried.stderr
    return None


def failed_in(out):
    return sorted(f[:-7] for f in os.listdir(out) if f.endswith(".failed"))


def play(binary, out, names):
    """All situations, and once more the ones in which a server was too slow for the lab."""
    beside = ("sh -c 'exec \"%s\" watch -i {bridge} --control {out}.control "
              "--transactions {out}.records > {out}.verdicts'" % binary)
    played = subprocess.run([LAB, "--out", out, "--beside", beside, *names],
                            stdout=subprocess.PIPE, text=True, check=False)
    again = failed_in(out)
    if played.returncode and again:
        for name in again:
            print("real servers: once more:", name)
            for ending in (".records", ".verdicts"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(out, name + ending))
        played = subprocess.run([LAB, "--out", out, "--beside", beside, *again],
                                stdout=subprocess.PIPE, text=True, check=False)
    return why_not(out, played.stdout) if played.returncode else []


def why_not(out, said):
    """What the lab and the sensors in it left to read when a situation failed."""
    faults = ["the lab: " + said[-2000:]]
    for name in failed_in(out):
        for ending in (".failed", ".beside.log"):
            with contextlib.suppress(FileNotFoundError), open(
                    os.path.join(out, name + ending), errors="replace", encoding="utf-8") as t:
                faults.append(name + ending + ":\n" + t.read()[:3000])
    return faults


def main():
    binary, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or SITUATIONS
    reason = reason_to_skip()
    if reason:
        print("SKIP: real servers:", reason)
        return 0
    with tempfile.TemporaryDirectory(prefix="relaytap-lab-") as out:
        os.chmod(out, 0o777)  # the sensor writes there as nobody
        faults = play(binary, out, names)
        captures = sorted(f[:-5] for f in os.listdir(out) if f.endswith(".pcap"))
        records, servers = 0, 0
        for name in captures:
            said, r, s = differences(binary, name, out)
            faults, records, servers = faults + said, records + r, servers + s
        for line in faults:
            print("FAILED:", line)
        print("real servers: %d situations live, %d records, %d servers, %d differences" % (
            len(captures), records, servers, len(faults)))
        return 1 if faults or not records else 0


if __name__ == "__main__":
    sys.exit(main())
