# SPDX-License-Identifier: Apache-2.0
"""Command line of the lab: which scenarios, for which servers, to which folder."""

import argparse
import fnmatch
import os
import signal
import sys
import time
import traceback

from . import images, scenarios, stage
from .mta import Unsupported

ADDRESS = {"postfix": "203.0.113.%d", "exim": "192.0.2.%d",
           "sendmail": "203.0.113.%d", "opensmtpd": "192.0.2.%d"}
SHIFT = {"postfix": 0, "exim": 0, "sendmail": 120, "opensmtpd": 120}


def arguments():
    parser = argparse.ArgumentParser(prog="tests/lab/run", description=__doc__)
    parser.add_argument("names", nargs="*", help="capture names or patterns, such as "
                        "postfix-open or '*-trick-*'; none: all")
    parser.add_argument("--list", action="store_true", help="list captures and why some cannot be")
    parser.add_argument("--build", action="store_true", help="make the images and stop")
    parser.add_argument("--out", default=".build/lab", help="output folder (default .build/lab)")
    parser.add_argument("--beside", metavar="COMMAND", help="what listens on the wire beside "
                        "tcpdump, with {bridge} and {out} (file name without ending) filled in")
    parser.add_argument("--stop", action="store_true", help="stop at the first failure")
    return parser.parse_args()


def chosen(patterns):
    """[(mta class, scenario)] in the order of the table, by server."""
    rows = []
    for name, kind in stage.MTAS.items():
        for each in scenarios.ALL.values():
            full = "%s-%s" % (name, each.name)
            if not patterns or any(fnmatch.fnmatch(full, p) for p in patterns):
                rows.append((kind, each))
    return rows


def play(lab, kind, each, folder):
    """One capture; returns the reason where this server cannot be brought to it."""
    if kind.name in each.skip:
        return each.skip[kind.name]
    number = scenarios.number(each.name) + SHIFT[kind.name]
    s = stage.Stage(lab, kind, each.name, ADDRESS[kind.name] % number,
                    "2001:db8:113::%d" % number, folder)
    t = s.truth
    t.verdict, t.cause, t.tricks = each.verdict, each.cause, each.tricks
    t.configuration, t.findings = each.says, each.findings
    try:
        each.play(s)
        s.settle()
        s.finish()
    except Unsupported as why:
        return str(why)
    except Exception:
        with open(os.path.join(folder, t.scenario + ".failed"), "w") as out:
            out.write(traceback.format_exc() + "\n" + s.tails() + "\n")
            out.write("\n\n".join("\n".join(lines) for lines in t.sessions))
        raise
    finally:
        s.close()
    return None


def run(options):
    rows = chosen(options.names)
    if not rows:
        sys.exit("lab: no capture has such a name; see --list")
    os.makedirs(options.out, exist_ok=True)
    options.out = os.path.abspath(options.out)
    begin, failed, done, skipped = time.time(), [], 0, 0
    lab = stage.Lab(options.beside)
    try:
        for kind, each in rows:
            name, start = "%s-%s" % (kind.name, each.name), time.time()
            for ending in (".failed", ".pcap", ".json", ".sessions.txt"):
                old = os.path.join(options.out, name + ending)
                if os.path.exists(old):
                    os.unlink(old)
            try:
                reason = play(lab, kind, each, options.out)
            except Exception as why:
                failed.append(name)
                images.say("%-32s FAILED: %s" % (name, str(why).split("\n")[0][:150]))
                if options.stop:
                    break
                continue
            if reason:
                skipped += 1
                images.say("%-32s not possible: %s" % (name, reason))
            else:
                done += 1
                images.say("%-32s ok %5.1f s" % (name, time.time() - start))
    finally:
        lab.close()
    images.say("%d captures, %d not possible, %d failed, %.0f s" % (
        done, skipped, len(failed), time.time() - begin))
    if failed:
        sys.exit("lab: failed: " + " ".join(failed))


def main():
    options = arguments()
    if options.list:
        for kind, each in chosen(options.names):
            print("%-34s %s%s" % ("%s-%s" % (kind.name, each.name), each.says,
                                  " [not possible: %s]" % each.skip[kind.name]
                                  if kind.name in each.skip else ""))
        return
    # as the first process of its name space it would get neither by default
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        run(options)
    except KeyboardInterrupt:
        sys.exit("lab: interrupted")


if __name__ == "__main__":
    main()
