# SPDX-License-Identifier: Apache-2.0
"""
Checks a Detection Finding (class 2004) against what OCSF 1.8 demands of it: attributes of
each object with their types, those that are required, closed lists of numbers, and which of
several have to be there. Only the part of the schema that relaytap uses.
"""

import ipaddress
import re

EMAIL = re.compile(r"^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$")


def text(v):
    return isinstance(v, str) and v != ""


def integer(v):
    return type(v) is int and -2**31 <= v < 2**31


def long(v):
    return type(v) is int and -2**63 <= v < 2**63


def boolean(v):
    return type(v) is bool


def timestamp(v):
    # Milliseconds: a count of nanoseconds or seconds would not be in these years.
    return long(v) and (v < 10**13 * 2 or v == 2**64 // 10**6)


def address(v):
    ipaddress.ip_address(v)
    return len(v) <= 40


def port(v):
    return type(v) is int and 0 <= v <= 65535


def email(v):
    return text(v) and EMAIL.match(v) is not None


def anything(v):
    return True


def one_of(*values):
    return lambda v: type(v) is int and v in values


def list_of(item):
    return [item]


# Object: attribute -> (type or name of an object, required?); "_one": one at least has to be
# there, "_just": exactly one.
ENTITY = {"name": (text, False), "uid": (text, False), "_one": ["name", "uid"]}
SCHEMA = {
    "detection_finding": {
        "activity_id": (one_of(0, 1, 2, 3, 99), True),
        "activity_name": (text, False),
        "category_uid": (one_of(2), True),
        "category_name": (text, False),
        "class_uid": (one_of(2004), True),
        "class_name": (text, False),
        "type_uid": (long, True),
        "severity_id": (one_of(0, 1, 2, 3, 4, 5, 6, 99), True),
        "status_id": (one_of(0, 1, 2, 3, 4, 5, 6, 99), False),
        "is_alert": (boolean, False),
        "time": (timestamp, True),
        "start_time": (timestamp, False),
        "end_time": (timestamp, False),
        "count": (integer, False),
        "message": (text, False),
        "confidence_score": (integer, False),
        "confidence_id": (one_of(0, 1, 2, 3, 99), False),
        "metadata": ("metadata", True),
        "finding_info": ("finding_info", True),
        "evidences": (list_of("evidences"), False),
        "resources": (list_of("resource_details"), False),
        "vulnerabilities": (list_of("vulnerability"), False),
        "remediation": ("remediation", False),
        "unmapped": (anything, False),
    },
    "metadata": {
        "version": (text, True),
        "product": ("product", True),
        "uid": (text, False),
        "correlation_uid": (text, False),
        "event_code": (text, False),
        "log_name": (text, False),
        "log_provider": (text, False),
    },
    "product": dict(ENTITY, vendor_name=(text, False), version=(text, False)),
    "finding_info": {
        "uid": (text, True),
        "title": (text, False),
        "desc": (text, False),
        "types": (list_of(text), False),
        "first_seen_time": (timestamp, False),
        "last_seen_time": (timestamp, False),
        "created_time": (timestamp, False),
        "modified_time": (timestamp, False),
        "analytic": ("analytic", False),
        "attacks": (list_of("attack"), False),
    },
    "analytic": dict(ENTITY, type_id=(one_of(*range(12), 99), True), version=(text, False)),
    "attack": {
        "tactic": ("tactic", False),
        "technique": ("tactic", False),
        "sub_technique": ("tactic", False),
        "version": (text, False),
        "_one": ["tactic", "technique", "sub_technique"],
    },
    "tactic": dict(ENTITY, src_url=(text, False)),
    "evidences": {
        "name": (text, False),
        "src_endpoint": ("network_endpoint", False),
        "dst_endpoint": ("network_endpoint", False),
        "connection_info": ("network_connection_info", False),
        "email": ("email", False),
        "data": (anything, False),
        "_one": ["src_endpoint", "dst_endpoint", "connection_info", "email", "data"],
    },
    "network_endpoint": {
        "ip": (address, False),
        "port": (port, False),
        "hostname": (text, False),
        "_one": ["ip", "hostname"],
    },
    "network_connection_info": {
        "direction_id": (one_of(0, 1, 2, 3, 4, 99), True),
        "protocol_num": (integer, False),
        "protocol_name": (text, False),
        "protocol_ver_id": (one_of(0, 4, 6, 99), False),
        "community_uid": (text, False),
    },
    "email": {
        "from": (email, False),
        "to": (list_of(email), False),
        "message_uid": (text, False),
        "subject": (text, False),
        "_one": ["from", "to"],
    },
    "resource_details": dict(
        ENTITY, type=(text, False), ip=(address, False), hostname=(text, False)),
    "vulnerability": {
        "title": (text, False),
        "cve": ("cve", False),
        "_just": ["advisory", "cve", "cwe"],
    },
    "cve": {"uid": (text, True)},
    "remediation": {"desc": (text, True)},
}


def check_value(where, kind, value):
    if isinstance(kind, list):
        assert isinstance(value, list) and value, f"{where} is no list, or empty"
        for item in value:
            check_value(where, kind[0], item)
    elif isinstance(kind, str):
        check_object(where, kind, value)
    else:
        assert kind(value), f"{where}: {value!r}"


def check_object(where, name, value):
    schema = SCHEMA[name]
    assert isinstance(value, dict), f"{where} is no object"
    for key, item in value.items():
        assert key in schema, f"{where}: no attribute {key}"
        check_value(f"{where}.{key}", schema[key][0], item)
    for key, rule in schema.items():
        if key == "_one":
            assert any(k in value for k in rule), f"{where} has none of {rule}"
        elif key == "_just":
            assert sum(k in value for k in rule) == 1, f"{where} has not one of {rule}"
        elif rule[1]:
            assert key in value, f"{where} has no {key}"


def check(event):
    """AssertionError if it is no Detection Finding."""
    check_object("event", "detection_finding", event)
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert re.fullmatch(r"1\.[89]\.\d+", event["metadata"]["version"])
