# SPDX-License-Identifier: Apache-2.0
"""relaytap watch that has no time to listen: what it loses is counted to the packet."""
import signal
import socket
import time

from watch_rig import CLIENT, SERVERS, in_space, sensor
from watch_stage import check, need

# Datagrams to a name server's port: the filter lets them through. More than a ring of
# 1 MiB can hold.
FLOOD = 6000
OCTETS = 600


def flood():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((CLIENT, 0))
        for _ in range(FLOOD):
            s.sendto(bytes(OCTETS), (SERVERS + "1", 53))


def seen(s):
    capture = s.ask("stats")[0][0]
    return capture["delivered"], capture["dropped"]


def settled(s):
    """Counters that stand still."""
    before = None
    while before != seen(s):
        before = seen(s)
        time.sleep(0.3)
    return before


@check
def a_flood_while_it_is_stopped_is_counted_and_told(stage):
    with sensor(stage.binary, stage.wire, "--ring", "1 MiB", "--alerts", "relaytap") as s:
        stage.mail(2)
        delivered, dropped = settled(s)
        need(delivered > 40, "counters before", delivered, dropped)
        # What is lost before the sensor has looked at its counters once is no news.
        time.sleep(1.5)
        s.signal(signal.SIGSTOP)
        in_space(stage.wire.outside, flood).join()
        s.signal(signal.SIGCONT)
        after = settled(s)
        need(after[1] > FLOOD // 10, "nothing was dropped: no test", after)
        # A block is closed when its time is over, however little is in it: on a machine that
        # does much else the ring holds far less than it could.
        need(after[0] - delivered > 100, "the ring was not read", after)
        need(after[0] - delivered + after[1] - dropped == FLOOD, "not all is accounted for",
             (delivered, dropped), after, FLOOD)
        s.wait_for("an alert of blindness", lambda: any(
            o["rule"] == "sensor-blind" and o["count"] == after[1] - dropped
            for o in s.objects("alert")), 25)
        need(s.logged("%d packets dropped for want of room" % (after[1] - dropped)) == 1, "the log",
             *s.log)
        need(s.end() == 0, "exit status", *s.log)
