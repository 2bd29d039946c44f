"""What the scripts here share: a connection, steps with their outcome as a client sees it, and the domain they work on.

A script is run with a URI, against libvirtd and against wirelike, and prints one JSON list of [step, outcome].
"""

import json
import re
import sys

import libvirt

libvirt.registerErrorHandler(lambda context, error: None, None)

steps = []
UUID = "22222222-2222-2222-2222-22222222222"


def connect(read_only=False):
    return libvirt.openReadOnly(sys.argv[1]) if read_only else libvirt.open(sys.argv[1])


def masked(value):
    """Without what is drawn at random: UUIDs and MACs that the script did not give, and the ids of domains."""
    if not isinstance(value, str):
        return value
    value = re.sub(r"<uuid>(?!2222)[^<]*</uuid>", "<uuid/>", value)
    value = re.sub(r"52:54:00:(?!01)[0-9a-f:]{8}", "52:54:00:xx", value)
    value = re.sub(r"<domain type='(\w+)' id='\d+'>", r"<domain type='\1' id=''>", value)
    value = re.sub(r"/dev/pts/\d+", "/dev/pts/N", value)
    return re.sub(r"/domain-\d+-", "/domain-N-", value)


def outcome(act):
    try:
        value = act()
    except libvirt.libvirtError as error:
        return {
            "code": error.get_error_code(),
            "from": error.get_error_domain(),
            "level": error.get_error_level(),
            "message": error.get_error_message(),
            "str1": error.get_str1(),
            "str2": error.get_str2(),
            "str3": error.get_str3(),
            "int1": error.get_int1(),
            "int2": error.get_int2(),
        }
    if isinstance(value, libvirt.virDomain):
        return value.name()
    return masked(value)


def step(name, act):
    result = outcome(act)
    steps.append([name, result])
    return result


def domain(name="d", uuid="", memory="16384", vcpu="<vcpu>1</vcpu>", rest="", kind="qemu"):
    return (
        f"<domain type='{kind}'><name>{name}</name>{uuid}<memory unit='KiB'>{memory}</memory>{vcpu}"
        f"<os><type arch='x86_64'>hvm</type></os>{rest}</domain>"
    )


def uuid(digit):
    return f"<uuid>{UUID}{digit}</uuid>"


def finish():
    print(json.dumps(steps))
