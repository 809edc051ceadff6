# SPDX-License-Identifier: Apache-2.0
"""Two network name spaces on a virtual cable, and a sensor that listens on it."""
import contextlib
import ctypes
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

CLONE_NEWNET = 0x40000000
CLIENT = "198.51.100.66"
SINK = "192.0.2.25"
SERVERS = "203.0.113."


class Failed(Exception):
    """A test did not find what it was to find."""


def run(*args):
    subprocess.run(args, check=True, stdin=subprocess.DEVNULL)


def enter(name):
    """Moves the calling thread into a name space; sockets it makes are of there."""
    with open("/var/run/netns/" + name, encoding="ascii") as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def in_space(name, function, *args):
    """A thread that runs function there."""
    def body():
        enter(name)
        function(*args)
    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


class Wire:
    """Outside: the client and the sink for mail sent on. Inside: mail servers, the sensor."""

    def __init__(self, servers=8):
        self.outside = "rtw-a-%d" % os.getpid()
        self.inside = "rtw-b-%d" % os.getpid()
        self.servers = servers
        run("ip", "netns", "add", self.outside)
        run("ip", "netns", "add", self.inside)
        self.plug()

    def plug(self):
        """The cable, also a second time after unplug()."""
        run("ip", "link", "add", "va", "netns", self.outside, "type", "veth",
            "peer", "name", "vb", "netns", self.inside)
        commands = ["addr add %s/32 dev va" % CLIENT, "addr add %s/32 dev va" % SINK]
        self.batch(self.outside, "va", commands)
        self.batch(self.inside, "vb", ["addr add %s%d/32 dev vb" % (SERVERS, n + 1)
                                       for n in range(self.servers)])

    def batch(self, space, device, commands):
        commands = commands + ["link set lo up", "link set %s up" % device,
                               "route add default dev " + device]
        subprocess.run(["ip", "-n", space, "-batch", "-"], check=True,
                       input="\n".join(commands).encode())

    def unplug(self):
        run("ip", "-n", self.outside, "link", "del", "va")

    def close(self):
        for space in (self.outside, self.inside):
            subprocess.run(["ip", "netns", "del", space], check=False)


class Sensor:
    """relaytap watch on the inside's end. Lines of its output with when they came."""

    def __init__(self, binary, wire, *options, config=None, env=None, folder=None,
                 user=None, wait=True, before=(), interface="vb"):
        self.folder = folder or tempfile.mkdtemp(prefix="rtw-")
        os.chmod(self.folder, 0o777)
        self.config = os.path.join(self.folder, "relaytap.conf")
        self.write_config(config or "home: [203.0.113.0/24]\nhosted: [corp.test]\n")
        # setpriv, so that the process is the program itself and not one that waits for it.
        become = ["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups"]
        command = ["ip", "netns", "exec", wire.inside, *(become if user else []), *before,
                   binary, "watch", "-i", interface,
                   "-c", self.config,
                   "--control", os.path.join(self.folder, "control"), *options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        self.lines, self.log, self.came = [], [], queue.Queue()
        self.answers = []  # lines that ask() got, ends among them
        self.readers = [threading.Thread(target=self.read_lines, daemon=True),
                        threading.Thread(target=self.read_log, daemon=True)]
        for reader in self.readers:
            reader.start()
        if wait:
            self.wait_log("listening")

    def write_config(self, text):
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(self.config, 0o644)

    def read_lines(self):
        for line in self.process.stdout:
            now = time.time_ns()
            self.lines.append(line.decode())
            self.came.put((now, line))

    def read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode())

    def wait_for(self, what, test, seconds=30):
        end = time.monotonic() + seconds
        while not test():
            if time.monotonic() > end or (self.process.poll() is not None and not test()):
                raise Failed("%s did not come; log:\n%s" % (what, "".join(self.log)))
            time.sleep(0.02)

    def logged(self, text):
        return sum(text in line for line in self.log)

    def wait_log(self, text, times=1, seconds=30):
        self.wait_for('"%s" in the log' % text, lambda: self.logged(text) >= times, seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def ask(self, words):
        """By the control socket: the objects of the answer, without the last, and that."""
        with socket.socket(socket.AF_UNIX) as c:
            c.settimeout(20)
            c.connect(os.path.join(self.folder, "control"))
            c.sendall(words.encode() + b"\n")
            answer = []
            for line in c.makefile("rb"):
                self.answers.append(line)
                answer.append(json.loads(line))
                if answer[-1].get("type") == "end":
                    return answer[:-1], answer[-1]
        raise Failed("no end of the answer to " + words)

    def status(self):
        """Of its threads, as the kernel sees them: a list of dicts."""
        found = []
        for task in os.listdir("/proc/%d/task" % self.process.pid):
            with open("/proc/%d/task/%s/status" % (self.process.pid, task),
                      encoding="ascii") as text:
                found.append(dict(line.rstrip("\n").split(":\t", 1) for line in text
                                  if ":\t" in line))
        return found

    def end(self, seconds=60):
        """SIGTERM, and its exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("SIGTERM did not end it") from None
        for reader in self.readers:
            reader.join(10)
        return self.process.returncode

    def end_by_itself(self, seconds=30):
        """Its exit status, without a signal."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed("it does not end; log:\n" + "".join(self.log)) from None
        for reader in self.readers:
            reader.join(10)
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def objects(self, kind):
        return [o for o in map(json.loads, self.lines) if o.get("type") == kind]


@contextlib.contextmanager
def sensor(*args, **more):
    s = Sensor(*args, **more)
    try:
        yield s
    finally:
        s.close()


@contextlib.contextmanager
def tcpdump(wire, path):
    """All packets of the cable into a file, meanwhile."""
    process = subprocess.Popen(
        ["ip", "netns", "exec", wire.inside, "tcpdump", "-Z", "root", "-i", "vb", "-s", "0",
         "-U", "-B", "65536", "--time-stamp-precision=nano", "-w", path,
         "port 25 or port 53 or port 465 or port 587"],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for line in process.stderr:
        if b"listening on" in line:
            break
    try:
        yield
        time.sleep(1.5)
    finally:
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        process.wait()
