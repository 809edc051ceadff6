# SPDX-License-Identifier: Apache-2.0
"""relaytap watch --tap: XDP on a port that hears a copy of the cable and nothing else."""
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import time

from watch_rig import CLIENT, SERVERS, in_space, run, sensor, tcpdump
from watch_stage import check, need, verdicts_of

ETH_P_ALL = 3
STRANGE_PORT = 9999
STRANGE_COUNT = 40


class Tap:
    """A name space with the one interface "td", where copies of all frames of vb arrive.

    queues: of the sending end. With more than the other end has, veth refuses XDP by the
    driver (veth_xdp_set() of Linux), and the sensor has to take generic XDP.
    """

    def __init__(self, wire, queues):
        self.wire = wire
        self.inside = "rtw-t-%d" % os.getpid()
        run("ip", "netns", "add", self.inside)
        run("ip", "-n", wire.inside, "link", "add", "tb", "numtxqueues", str(queues),
            "numrxqueues", "1", "type", "veth", "peer", "name", "td", "netns", self.inside,
            "numtxqueues", "1", "numrxqueues", "1")
        # Otherwise the host itself talks on both ends.
        for space, name in ((wire.inside, "tb"), (self.inside, "td")):
            run("ip", "-n", space, "link", "set", name, "addrgenmode", "none", "up")
        run("tc", "-n", wire.inside, "qdisc", "add", "dev", "vb", "clsact")
        for way in ("ingress", "egress"):
            run("tc", "-n", wire.inside, "filter", "add", "dev", "vb", way, "protocol",
                "all", "u32", "match", "u32", "0", "0", "action", "mirred", "egress",
                "mirror", "dev", "tb")

    def close(self):
        for command in (("tc", "-n", self.wire.inside, "qdisc", "del", "dev", "vb", "clsact"),
                        ("ip", "netns", "del", self.inside)):
            subprocess.run(command, check=False)


@contextlib.contextmanager
def tap(wire, queues=1):
    t = Tap(wire, queues)
    try:
        yield t
    finally:
        t.close()


class Stack:
    """What the host behind the tap gets to see: frames of mail, and strange ones."""

    def __init__(self, space):
        self.strange = self.mail = 0
        made = []
        in_space(space, self.open, made).join()
        self.socket = made[0]

    @staticmethod
    def open(made):
        made.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(ETH_P_ALL)))
        made[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        made[0].bind(("td", ETH_P_ALL))
        made[0].setblocking(False)

    def count(self):
        """Since the last time: (frames of mail, strange frames)."""
        self.mail = self.strange = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.take(self.socket.recv(65536))
        return self.mail, self.strange

    def take(self, frame):
        if frame[12:14] != b"\x08\x00":
            return
        ports = struct.unpack(">HH", frame[34:38])
        if frame[23] == socket.IPPROTO_TCP and 25 in ports:
            self.mail += 1
        if frame[23] == socket.IPPROTO_UDP and ports[1] == STRANGE_PORT:
            self.strange += 1


def send_strange(wire):
    """Frames of no interest, from outside."""
    def body():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((CLIENT, 0))
            for _ in range(STRANGE_COUNT):
                s.sendto(b"no mail", (SERVERS + "1", STRANGE_PORT))
    in_space(wire.outside, body).join()
    time.sleep(0.2)


def xdp_of(space, name):
    """The modes in which XDP programs are on it."""
    link = json.loads(subprocess.run(["ip", "-n", space, "-d", "-j", "link", "show", name],
                                     check=True, stdout=subprocess.PIPE).stdout)[0]
    modes = {1: "driver", 2: "generic", 3: "offload"}
    return [modes.get(link["xdp"]["mode"])] if link.get("xdp") else []


def need_no_xdp(space, name, when):
    end = time.monotonic() + 2
    while xdp_of(space, name) and time.monotonic() < end:
        time.sleep(0.02)
    need(not xdp_of(space, name), "an XDP program is left on the interface " + when)


def read_verdicts(stage, config, pcap):
    lines = subprocess.run([stage.binary, "read", "--no-any-port", "-c", config, "--json",
                            pcap], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.splitlines()
    return {k: v for k, v in verdicts_of(lines).items() if v[0] != "unknown"}


def judged_by_tap(stage, t, mode, word):
    stack = Stack(t.inside)
    send_strange(stage.wire)
    need(stack.count()[1] == STRANGE_COUNT, "without XDP the stack does not see it",
         stack.strange)
    with sensor(stage.binary, t, "--tap", interface="td") as s:
        need(s.logged(word), "the means of capture is not told", *s.log)
        need(xdp_of(t.inside, "td") == [mode], "XDP", xdp_of(t.inside, "td"), *s.log)
        pcap = os.path.join(s.folder, "all.pcap")
        with tcpdump(stage.wire, pcap):
            stage.mail(16)
            send_strange(stage.wire)
        mail, strange = stack.count()
        need(strange == 0, "the stack sees what is not mail", strange)
        need(mail > 16 * 10, "mail does not reach the stack", mail)
        capture = s.ask("stats")[0][0]
        need(capture["filtered"] >= STRANGE_COUNT, "what XDP drops is not counted", capture)
        need(s.end() == 0, "exit status", *s.log)
        need_no_xdp(t.inside, "td", "after SIGTERM")
        want = read_verdicts(stage, s.config, pcap)
        need(want == verdicts_of(s.lines), "verdicts differ", want, verdicts_of(s.lines))
        need(sum(v[0] == "open-relay" for v in want.values()) == stage.wire.servers - 1,
             "not all relays were found", want)
    send_strange(stage.wire)
    need(stack.count()[1] == STRANGE_COUNT, "after the end the stack does not see it",
         stack.strange)


def killed_on_tap(stage, t):
    with sensor(stage.binary, t, "--tap", interface="td") as s:
        need(xdp_of(t.inside, "td"), "no XDP", *s.log)
        s.signal(signal.SIGKILL)
        s.process.wait()
        need_no_xdp(t.inside, "td", "after SIGKILL")


@check
def a_tap_drops_by_the_driver_what_is_not_mail(stage):
    with tap(stage.wire) as t:
        judged_by_tap(stage, t, "driver", "XDP by the driver")
        killed_on_tap(stage, t)


@check
def a_tap_whose_driver_refuses_has_generic_xdp(stage):
    with tap(stage.wire, queues=2) as t:
        judged_by_tap(stage, t, "generic", "generic XDP")
        killed_on_tap(stage, t)


@check
def an_interface_with_addresses_is_no_tap(stage):
    with sensor(stage.binary, stage.wire, "--tap", wait=False) as s:
        need(s.end_by_itself() == 1, "exit status", *s.log)
        need(len(s.log) == 1 and "vb: XDP would cut the host off" in s.log[0] and
             "address" in s.log[0] and "tap_forced" in s.log[0],
             "interface, reason and mend in one line", *s.log)
        need(not xdp_of(stage.wire.inside, "vb"), "XDP is there all the same")
    with sensor(stage.binary, stage.wire, "--tap",
                config="home: [203.0.113.0/24]\nhosted: [corp.test]\n"
                       "capture: {tap_forced: true}\n") as s:
        need(xdp_of(stage.wire.inside, "vb"), "no XDP though forced", *s.log)
        need(s.end() == 0, "exit status", *s.log)
    need_no_xdp(stage.wire.inside, "vb", "after SIGTERM")
