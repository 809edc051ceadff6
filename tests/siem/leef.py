# SPDX-License-Identifier: Apache-2.0
"""Reads IBM's Log Event Extended Format 2.0 as its guide has it, and refuses the rest."""

import datetime
import ipaddress
import re

OCTETS = {"usrName": 255, "vSrcName": 255, "accountName": 255, "identHostName": 255}
# Predefined keys that we use; all others are our own.
TYPES = {
    "src": "ip", "dst": "ip", "srcPort": "port", "dstPort": "port", "sev": "severity",
    "proto": "protocol", "devTime": "time", "devTimeFormat": "text", "cat": "text",
}


def delimiter(text):
    m = re.fullmatch(r"(?:0x|x)([0-9A-Fa-f]{1,4})", text)
    if m:
        return chr(int(m.group(1), 16))
    assert len(text) == 1, f"delimiter {text!r}"
    return text


def check_type(key, value, pairs):
    kind = TYPES.get(key)
    if kind == "ip":
        ipaddress.ip_address(value)
    elif kind == "port":
        assert 0 < int(value) <= 65535
    elif kind == "severity":
        assert 1 <= int(value) <= 10
    elif kind == "protocol":
        assert value in ("TCP", "UDP")
    elif kind == "time":
        assert pairs["devTimeFormat"] == "MMM dd yyyy HH:mm:ss.SSS z"
        datetime.datetime.strptime(value, "%b %d %Y %H:%M:%S.%f GMT")
    assert len(value.encode()) <= OCTETS.get(key, 4000), f"{key} is too long"


def parse(line):
    """Header fields and attributes. AssertionError if it is no LEEF."""
    parts = line.split("|", 6)
    assert len(parts) == 7, "too few fields in the header"
    assert parts[0] == "LEEF:2.0", parts[0]
    header = dict(zip(["vendor", "product", "version", "event"], parts[1:5]))
    assert len(header["event"]) <= 255
    between = delimiter(parts[5])
    assert not re.search(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]",
                         line.replace(between, "")), "a control character"
    pairs = {}
    for attribute in parts[6].split(between):
        key, equals, value = attribute.partition("=")
        assert equals and re.fullmatch(r"[A-Za-z0-9_]+", key), f"no key: {attribute[:60]!r}"
        assert key not in pairs, f"key {key} twice"
        pairs[key] = value
    for key, value in pairs.items():
        check_type(key, value, pairs)
    return header, pairs
