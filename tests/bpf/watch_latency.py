#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the packet that proves a relay to the alert's line on standard output.

usage: watch_latency.py PROGRAM [THREADS [SERVERS]]     (root)

Each server inside relays one mail. The clock starts when the sink outside hands the kernel
its 250 to the message sent on, and stops when the line has been read from the pipe.
"""
import json
import os
import sys
import time

from watch_mail import Mailer, Servers, Sink
from watch_rig import Wire, sensor


def alerts_of(s, sink):
    """Milliseconds, by the server."""
    found = {}
    while not s.came.empty():
        at, line = s.came.get()
        alert = json.loads(line)
        if alert.get("type") != "alert" or alert["rule"] != "open-relay":
            continue
        server = alert["server"]["ip"]
        if server in sink.taken and server not in found:
            found[server] = (at - sink.taken[server]) / 1e6
    return found


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    binary = os.path.abspath(sys.argv[1])
    threads = sys.argv[2] if len(sys.argv) > 2 else "1"
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    # The last server refuses.
    wire = Wire(servers=count + 1)
    sink = Sink(wire)
    mailer = Mailer(wire, Servers(wire))
    try:
        with sensor(binary, wire, "--alerts", "relaytap", "--threads", threads) as s:
            for n in range(count):
                mailer.many(1, at_once=1, first=n)
                time.sleep(0.02)
            time.sleep(2)
            found = sorted(alerts_of(s, sink).values())
            status = s.end()
    finally:
        wire.close()
    print("alerts %d of %d, ms: median %.1f, p90 %.1f, p99 %.1f, most %.1f (threads %s)"
          % (len(found), count, percentile(found, 0.5), percentile(found, 0.9),
             percentile(found, 0.99), found[-1], threads))
    sys.stdout.flush()
    os._exit(status if len(found) == count else 1)


if __name__ == "__main__":
    main()
