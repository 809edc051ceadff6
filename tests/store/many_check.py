# SPDX-License-Identifier: Apache-2.0
"""usage: many_check.py RELAYTAP [N]

Of a sensor that knows N servers: the table and the lines take little memory and little
time, say what the records say, and hold up no checkpoint while nobody reads them.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIG = """home: [10.0.0.0/8]
hosted: [corp.test]
limits: {servers: 1048576, attempts: 4194304}
"""
MEMORY_KIB = 100 * 1024
# Beyond what it takes on a machine that is busy with other things, by far.
SECONDS = 30

failed = 0


def need(holds, what):
    global failed
    if not holds:
        print("store: many servers: " + what)
        failed += 1


def measured(name, *command):
    """What it prints."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    need(process.returncode == 0, "%s: exit status %d" % (name, process.returncode))
    need(used.ru_maxrss < MEMORY_KIB, "%s: %d KiB" % (name, used.ru_maxrss))
    need(took < SECONDS, "%s: %.1f s" % (name, took))
    print("store: %s of many servers: %.1f s, %d KiB" % (name, took, used.ru_maxrss))
    return text


def check_unread(command, database):
    """Its output stays in the pipe, and the sensor's journal can be cut all the same."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.read(1)
        time.sleep(1)
        db = sqlite3.connect(database, timeout=10, isolation_level=None)
        db.execute("PRAGMA journal_mode = wal")
        db.execute("UPDATE server SET time = time + 1 WHERE id < 10")
        busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        need(process.poll() is None, "it did not wait for its reader")
        need(busy == 0, "a reader that waits holds up the checkpoint")
        db.close()
        process.stdout.read()
        need(process.wait() == 0, "it failed beside a writer")


def fill(relaytap, folder, count):
    """folder/state, and in folder/want what the records say of it."""
    with open(folder + "/conf", "w", encoding="utf-8") as out:
        out.write(CONFIG)
    with open(folder + "/records", "w", encoding="utf-8") as out:
        subprocess.run([sys.executable, HERE + "/many.py", count], stdout=out, check=True)
    os.mkdir(folder + "/state")
    with open(folder + "/want", "w", encoding="utf-8") as out:
        subprocess.run([relaytap, "infer", "-q", "-c", folder + "/conf", "--json", "--state",
                        folder + "/state", folder + "/records"], stdout=out, check=True)


def main():
    relaytap = os.path.abspath(sys.argv[1])
    count = sys.argv[2] if len(sys.argv) > 2 else "20000"
    with tempfile.TemporaryDirectory(prefix="relaytap-many-") as folder:
        servers = (relaytap, "servers", "--state", folder + "/state")
        fill(relaytap, folder, count)
        table = measured("table", *servers)
        need(b"\n%s servers. MAIL" % count.encode() in table, "the table's end")
        lines = measured("lines", *servers, "--json")
        with open(folder + "/want", "rb") as want:
            need(lines == want.read(), "servers --json is not what infer says")
        check_unread(servers + ("--json",), folder + "/state/relaytap.db")
    sys.exit(failed > 0)


main()
