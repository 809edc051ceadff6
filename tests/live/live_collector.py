# SPDX-License-Identifier: Apache-2.0
"""rsyslog inside, on loopback: TCP, TLS, RELP, and RELP within TLS, each into a file."""
import os
import shutil
import socket
import subprocess
import tempfile
import time
from signal import SIGTERM

from watch_rig import Failed

HERE = os.path.dirname(os.path.abspath(__file__))
INPUTS = ("tcp", "tls", "relp", "relps")


def free_ports(count):
    """On loopback, and each another."""
    held = [socket.socket() for _ in range(count)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Collector:
    """A line for each message in NAME.out: event.id, when received, server, grade.

    No queue of its own: what it acknowledges by RELP is in the file.
    """

    CONFIG = """global(workDirectory="{folder}" maxMessageSize="64k"
	defaultNetstreamDriverCAFile="{folder}/ca.pem"
	defaultNetstreamDriverCertFile="{folder}/{cert}.pem"
	defaultNetstreamDriverKeyFile="{folder}/{cert}.key")
module(load="mmjsonparse")
module(load="imptcp")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
	streamDriver.authMode="x509/name" permittedPeer=["sensor.test"])
module(load="imrelp")
template(name="line" type="string"
	string="%$!event!id% %timegenerated:::date-rfc3339% %$!server!ip% %$!relaytap!grade%\\n")
"""
    RULESET = """ruleset(name="{name}" queue.type="Direct") {{
	action(type="mmjsonparse" cookie="")
	action(type="omfile" file="{folder}/{name}.out" template="line")
}}
input(type="{module}" ruleset="{name}" port="{port}" address="127.0.0.1"{more})
"""
    TLS = """ tls="on" tls.caCert="{folder}/ca.pem"
	tls.myCert="{folder}/{cert}.pem" tls.myPrivKey="{folder}/{cert}.key"
	tls.authMode="name" tls.permittedPeer=["sensor.test"]"""

    def __init__(self, wire):
        self.wire = wire
        self.folder = tempfile.mkdtemp(prefix="rtl-syslog-")
        os.chmod(self.folder, 0o755)
        self.ports = dict(zip(INPUTS, free_ports(len(INPUTS))))
        self.relp, self.relps = self.ports["relp"], self.ports["relps"]
        subprocess.run(["sh", os.path.join(os.path.dirname(HERE), "siem", "certs.sh"),
                        self.folder], check=True)
        # The sensor is somebody else by the time it connects.
        for name in os.listdir(self.folder):
            os.chmod(os.path.join(self.folder, name), 0o644)
        self.process = None
        self.start()

    def __truediv__(self, name):
        return os.path.join(self.folder, name)

    def configure(self, cert):
        modules = {"tcp": ("imptcp", ""), "tls": ("imtcp", ""),
                   "relp": ("imrelp", ' maxDataSize="64k"'),
                   "relps": ("imrelp", ' maxDataSize="64k"' + self.TLS)}
        text = self.CONFIG
        for name in INPUTS:
            module, more = modules[name]
            text += self.RULESET.replace("{more}", more).replace("{name}", name) \
                .replace("{module}", module).replace("{port}", str(self.ports[name]))
        with open(self / "rsyslog.conf", "w", encoding="ascii") as out:
            out.write(text.format(folder=self.folder, cert=cert))

    def start(self, cert="server"):
        """With that certificate. Comes back when it listens everywhere."""
        self.configure(cert)
        pid = self / "rsyslog.pid"
        if os.path.exists(pid):
            os.unlink(pid)
        with open(self / "rsyslog.log", "ab") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.wire.inside, "/usr/sbin/rsyslogd", "-n",
                 "-f", self / "rsyslog.conf", "-i", pid],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while not self.listens():
            if time.monotonic() > end or self.process.poll() is not None:
                with open(self / "rsyslog.log", encoding="utf-8") as log:
                    raise Failed("rsyslog does not start:\n" + log.read())
            time.sleep(0.05)

    def listens(self):
        """By looking: a connection that comes to nothing keeps librelp busy for seconds."""
        seen = subprocess.run(
            ["ip", "netns", "exec", self.wire.inside, "ss", "-Hltn"], check=True,
            stdout=subprocess.PIPE).stdout.decode()
        return all("127.0.0.1:%d " % port in seen for port in self.ports.values())

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=SIGTERM):
        self.process.send_signal(number)
        self.process.wait(20)

    def ids(self, name="relp"):
        """In the order in which they came; repeats too."""
        path = self / (name + ".out")
        if not os.path.exists(path):
            return []
        with open(path, encoding="ascii") as text:
            return [line.split(" ")[0] for line in text if line.endswith("\n")]

    def output(self, name, more=""):
        """The output of the sensor that this input is for."""
        to = "relp" if name == "relps" else name
        tls = ", ca: %s, certificate: %s, key: %s, server_name: collector.test" % (
            self / "ca.pem", self / "client.pem", self / "client.key")
        return "name: %s, to: %s, host: 127.0.0.1, port: %d%s%s%s" % (
            name, to, self.ports[name], ", tls: true" if name == "relps" else "",
            tls if name in ("tls", "relps") else "", more)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
