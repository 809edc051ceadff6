# SPDX-License-Identifier: Apache-2.0
"""Network of the lab: nodes in name spaces, a bridge as the wire, tcpdump as the tap.

The whole lab runs inside mount, PID and network name spaces that tests/lab/run makes, and
the bridge has no way out: no packet can leave, and when the lab's first process dies, by
whatever cause, the kernel ends every node, mount and interface with it.  All addresses are
on one link (default route to the device), so no router shapes what is recorded.
"""

import contextlib
import ctypes
import fcntl
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from . import images

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# ETHTOOL_SRXCSUM, STXCSUM, SSG, STSO, SGSO, SGRO: with these off a segment is as on a wire
OFFLOADS = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)


class LabError(Exception):
    """The lab itself failed: its result would be no truth."""


def command(argv, **kw):
    """Run a host command that must succeed."""
    done = subprocess.run(argv, capture_output=True, text=True, **kw)
    if done.returncode:
        raise LabError("%s: %s" % (" ".join(argv), done.stderr.strip() or done.stdout))
    return done.stdout


@contextlib.contextmanager
def in_netns(pid):
    """Be in the network name space of a process; sockets made here stay in it."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open("/proc/%d/ns/net" % pid, os.O_RDONLY)
    try:
        if LIBC.setns(there, CLONE_NEWNET):
            raise LabError("setns: errno %d" % ctypes.get_errno())
        yield
    finally:
        LIBC.setns(home, CLONE_NEWNET)
        os.close(there)
        os.close(home)


def offloads_off(interface):
    """What ethtool -K does, for the name space that the caller is in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("II", number, 0))
            request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
            with contextlib.suppress(OSError):
                fcntl.ioctl(sock, SIOCETHTOOL, request.ljust(40, b"\0"))


class Net:
    """The lab's bridges and its scratch space (a tmpfs, so pristine in every run)."""

    def __init__(self):
        self.run = os.path.join(images.CACHE, "run")
        os.makedirs(self.run, exist_ok=True)
        command(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.run])
        command(["ip", "link", "set", "lo", "up"])
        self.count = 0
        self.nodes = []
        for bridge in ("br0", "br1"):
            command(["ip", "link", "add", bridge, "type", "bridge"])
            with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % bridge, "w") as flag:
                flag.write("1")
            # no snooping: the bridge would ask for multicast groups by itself
            command(["ip", "link", "set", bridge, "type", "bridge", "mcast_snooping", "0"])
            command(["ip", "link", "set", bridge, "up"])
        self.tools = self.overlay("tools-host", "tools")

    def overlay(self, name, image):
        """A pristine root; returns its path."""
        base = os.path.join(self.run, name)
        for sub in ("upper", "work", "root"):
            os.makedirs(os.path.join(base, sub))
        root = os.path.join(base, "root")
        command(["mount", "-t", "overlay", "overlay", "-o", "lowerdir=%s,upperdir=%s,workdir=%s"
                 % (images.layers(image), base + "/upper", base + "/work"), root])
        return root

    def node(self, name, image, addresses, bridge="br0", hostname=None):
        made = Node(self, name, image, hostname or name)
        made.attach("eth0", addresses, bridge)
        self.nodes.append(made)
        return made

    def drop(self, node):
        """End one node and forget its files."""
        node.close()
        if node in self.nodes:
            self.nodes.remove(node)

    def close(self):
        for node in list(self.nodes):
            self.drop(node)


class Node:
    """One host: a root, a network name space, a PID name space whose end is its end."""

    def __init__(self, net, name, image, hostname):
        self.net, self.name, self.image, self.hostname = net, name, image, hostname
        net.count += 1
        self.number = net.count
        self.folder = os.path.join(net.run, "%s-%d" % (name, self.number))
        self.root = net.overlay("%s-%d" % (name, self.number), image)
        self.addresses = []
        self.log = open(os.path.join(self.folder, "log"), "ab", buffering=0)
        self.syslog = os.path.join(self.folder, "syslog")
        init = ("mount -t proc proc {0}/proc && hostname {1} && exec chroot {0} /bin/sh -c "
                "'sleep infinity & while :; do wait; done'").format(self.root, hostname)
        self.holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "--ipc", "--mount", "--pid", "--fork",
             "--kill-child", "--propagation", "private", "sh", "-c", init],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.pid = self.first_process()
        self.socket = self.listen_syslog()

    def first_process(self):
        children = "/proc/%d/task/%d/children" % (self.holder.pid, self.holder.pid)
        for _ in range(500):
            with open(children) as text:
                pids = text.read().split()
            if pids and os.path.exists(self.root + "/proc"):
                with contextlib.suppress(OSError), open("/proc/%s/comm" % pids[0]) as comm:
                    line = open("/proc/%s/cmdline" % pids[0]).read()
                    if "wait" in line and "chroot" not in line and comm.read().strip() == "sh":
                        return int(pids[0])
            time.sleep(0.01)
        raise LabError("node %s did not start, see %s" % (self.name, self.log.name))

    def attach(self, interface, addresses, bridge):
        """Plug the node into a bridge; addresses are (ip, prefix length not needed)."""
        port = "v%d%s" % (self.number, interface[-1])
        command(["ip", "link", "add", port, "type", "veth", "peer", "name", interface,
                 "netns", str(self.pid)])
        offloads_off(port)
        with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % port, "w") as flag:
            flag.write("1")
        command(["ip", "link", "set", port, "master", bridge, "up"])
        lines = ["link set lo up", "link set %s address 02:00:00:00:%02x:%02x"
                 % (interface, self.number % 256, int(interface[-1]))]
        for address in addresses:
            wide = "128 nodad" if ":" in address else "32"
            lines.append("addr add %s/%s dev %s" % (address, wide, interface))
        lines.append("link set %s up" % interface)
        if interface == "eth0":
            # off-link addresses do not exist here: everything is a neighbour
            lines += ["route add default dev eth0", "route add ::/0 dev eth0"]
        with in_netns(self.pid):
            offloads_off(interface)
            with open("/proc/sys/net/ipv6/conf/%s/addr_gen_mode" % interface, "w") as mode:
                mode.write("1")
            command(["ip", "-batch", "-"], input="\n".join(lines) + "\n")
        self.addresses += addresses

    def ip(self, text):
        """ip(8) inside the node."""
        with in_netns(self.pid):
            command(["ip"] + text.split())

    def inside(self, argv):
        return ["nsenter", "-t", str(self.pid), "-n", "-u", "-i", "-m", "-p", "--root",
                "--wd"] + argv

    ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root", "TZ": "UTC"}

    def call(self, argv, stdin=None, check=True, timeout=60):
        """Run a command in the node; returns its output, both streams."""
        done = subprocess.run(self.inside(argv), input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=timeout, env=self.ENV)
        if check and done.returncode:
            raise LabError("%s: %s: exit %d: %s" % (self.name, " ".join(argv),
                                                    done.returncode, done.stdout))
        return done.stdout

    def spawn(self, argv):
        """Start a daemon in the foreground; its output goes to the node's log."""
        return subprocess.Popen(self.inside(argv), stdin=subprocess.DEVNULL, stdout=self.log,
                                stderr=self.log, env=self.ENV)

    def write(self, name, text, mode=0o644):
        images.write(self.root, name, text, mode)

    def append(self, name, text):
        with open(os.path.join(self.root, name.lstrip("/")), "a") as out:
            out.write(text)

    def read(self, name):
        with open(os.path.join(self.root, name.lstrip("/")), errors="replace") as text:
            return text.read()

    def listen_syslog(self):
        """Serve /dev/log: the only log that Sendmail writes."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        where = os.path.join(self.root, "dev/log")
        sock.bind(where)
        os.chmod(where, 0o666)

        def pump():
            with open(self.syslog, "ab", buffering=0) as out:
                while True:
                    try:
                        line = sock.recv(65536)
                    except OSError:
                        return
                    if not line:
                        return
                    out.write(re.sub(rb"^<\d+>", b"", line.rstrip(b"\0\n")) + b"\n")

        threading.Thread(target=pump, daemon=True).start()
        return sock

    def wait_port(self, port, address=None, seconds=20):
        """Wait until something listens; looks at /proc, no packet is sent."""
        wanted = "%04X" % port
        end = time.time() + seconds
        while time.time() < end:
            with in_netns(self.pid):
                text = open("/proc/thread-self/net/tcp").read()
                text += open("/proc/thread-self/net/tcp6").read()
            for line in text.splitlines():
                field = line.split()
                if len(field) > 3 and field[1].endswith(":" + wanted) and field[3] == "0A":
                    return
            time.sleep(0.03)
        raise LabError("%s: nothing listens on port %d\n%s" % (self.name, port, self.tail()))

    def tail(self, lines=30):
        """Last lines of the node's logs, for error texts."""
        out = []
        for name in (self.log.name, self.syslog, self.root + "/var/log/postfix.log",
                     self.root + "/var/log/exim4/mainlog",
                     self.root + "/var/log/exim4/paniclog"):
            if os.path.exists(name):
                with open(name, errors="replace") as text:
                    out += ["-- " + os.path.basename(name)] + text.read().split("\n")[-lines:]
        return "\n".join(out)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.holder.kill()
        self.holder.wait()
        self.log.close()
        command(["umount", "-l", self.root])
        shutil.rmtree(self.folder, ignore_errors=True)


class Beside:
    """Another listener on the same bridge: a command of the caller's, with {bridge} and {out}
    filled in, that says "listening" on stderr once it hears, and ends by SIGTERM."""

    def __init__(self, command, out, bridge):
        words = [w.format(bridge=bridge, out=out) for w in shlex.split(command)]
        self.log = open(out + ".beside.log", "wb")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        end = time.time() + 20
        while not self.said("listening"):
            if self.process.poll() is not None or time.time() > end:
                self.stop()
                raise LabError("beside: does not listen: " + self.text())
            time.sleep(0.02)

    def text(self):
        with open(self.log.name, errors="replace") as log:
            return log.read()

    def said(self, word):
        return word in self.text()

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        self.log.close()
        return status


class Tap:
    """tcpdump on a bridge; immediate mode, or the last block of the ring is lost."""

    def __init__(self, net, file, bridge="br0"):
        self.out = open(file, "wb")
        self.process = subprocess.Popen(
            ["chroot", net.tools, "tcpdump", "-i", bridge, "-n", "-s", "0",
             "--immediate-mode", "-B", "65536", "-Z", "root", "-w", "-"],
            stdin=subprocess.DEVNULL, stdout=self.out, stderr=subprocess.PIPE, text=True)
        self.said = self.process.stderr.readline()
        while "listening on" not in self.said:
            line = self.process.stderr.readline()
            if not line:
                raise LabError("tcpdump: " + self.said)
            self.said += line

    def stop(self):
        """Returns (packets recorded, packets dropped)."""
        time.sleep(0.25)
        self.process.send_signal(signal.SIGINT)
        text = self.process.stderr.read()
        self.process.wait()
        self.out.close()
        got = re.search(r"(\d+) packets? captured", text)
        lost = re.search(r"(\d+) packets? dropped by kernel", text)
        return int(got.group(1)) if got else 0, int(lost.group(1)) if lost else 0
