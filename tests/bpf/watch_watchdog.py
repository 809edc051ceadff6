# SPDX-License-Identifier: Apache-2.0
"""Signs of life of relaytap watch: none while one of its threads hangs."""
import ctypes
import os
import platform
import socket
import tempfile
import threading
import time

from watch_rig import Failed, sensor
from watch_stage import check, need

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000
WATCHDOG_US = 1000000
# Numbers of poll and ppoll: x86-64 and the table of newer machines.
POLLS = {"x86_64": ("7", "271")}.get(platform.machine(), ("73",))

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


class Hung:
    """One thread of the sensor stands still; the others go on."""

    def __init__(self, thread):
        self.thread, self.error = thread, None
        self.stands, self.over = threading.Event(), threading.Event()
        # All requests have to come from one thread of ours.
        self.tracer = threading.Thread(target=self.trace, daemon=True)

    def trace(self):
        try:
            ptrace(PTRACE_SEIZE, self.thread)
            ptrace(PTRACE_INTERRUPT, self.thread)
            os.waitpid(self.thread, WALL)
            self.stands.set()
            self.over.wait()
            ptrace(PTRACE_DETACH, self.thread)
        except (OSError, ctypes.ArgumentError) as error:
            self.error = error
        self.stands.set()

    def __enter__(self):
        self.tracer.start()
        self.stands.wait(10)
        if self.error:
            raise self.error
        return self

    def __exit__(self, *_):
        self.over.set()
        self.tracer.join(10)


class Signs:
    """The socket of a service manager; when each word came."""

    def __init__(self, path):
        self.came = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o777)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            text = self.socket.recv(4096).decode()
            now = time.monotonic()
            self.came.extend((now, word) for word in text.split("\n"))

    def count(self, word, since=0.0):
        return sum(w == word and at >= since for at, w in self.came)

    def wait(self, word, since, seconds=10):
        end = time.monotonic() + seconds
        while not self.count(word, since):
            if time.monotonic() > end:
                raise Failed(word + " did not come: %r" % self.came[-5:])
            time.sleep(0.02)


def threads_of(s):
    """(packet thread, inference): they have two filters; one waits for packets by poll."""
    packet = inference = None
    for task in s.status():
        if int(task["Seccomp_filters"]) < 2:
            continue
        with open("/proc/%d/task/%s/syscall" % (s.process.pid, task["Pid"].strip()),
                  encoding="ascii") as text:
            call = text.read().split()[0]
        if call in POLLS:
            packet = int(task["Pid"])
        elif call != "running":
            inference = int(task["Pid"])
    return packet, inference


def at_rest(s, which):
    found = []
    s.wait_for("a thread at rest", lambda: found.append(threads_of(s)[which]) or found[-1])
    return found[-1]


@check
def a_thread_that_hangs_ends_the_signs_of_life(stage):
    folder = tempfile.mkdtemp(prefix="rtw-signs-")
    os.chmod(folder, 0o755)
    signs = Signs(folder + "/notify")
    env = {"NOTIFY_SOCKET": folder + "/notify", "WATCHDOG_USEC": str(WATCHDOG_US)}
    with sensor(stage.binary, stage.wire, env=env, folder=folder) as s:
        signs.wait("READY=1", 0)
        began = time.monotonic()
        stage.mail(8)
        time.sleep(1.2)
        need(signs.count("WATCHDOG=1", began) >= 2, "few signs of life", *signs.came)
        need(signs.count("READY=1") == 1, "READY=1", *signs.came)
        if "Seccomp_filters" not in s.status()[0]:
            print("SKIP: watch: this kernel does not tell threads apart")
            return
        for which in (0, 1):
            try:
                with Hung(at_rest(s, which)):
                    # One may have been due already.
                    hung = time.monotonic() + 0.7
                    time.sleep(2.5)
                    need(not signs.count("WATCHDOG=1", hung), "signs of life although "
                         "a thread hangs", which, *signs.came[-3:])
                    need(s.logged("does not get on"), "the log", *s.log)
            except PermissionError:
                print("SKIP: watch: threads cannot be stopped by ptrace here")
                return
            signs.wait("WATCHDOG=1", time.monotonic())
        need(s.end() == 0, "exit status", *s.log)
        signs.wait("STOPPING=1", 0)
