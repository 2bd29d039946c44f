"""Load generator for libvirt daemons, on libvirt's own client library.

libvirt-loadgen.py URI MODE [key=value ...]

Modes:
  connect   open and close a connection
  info      virDomainGetInfo of one domain
  lookup    virDomainLookupByName
  xml       virDomainGetXMLDesc
  list      virConnectListAllDomains, with `domains` defined
  stats     virConnectGetAllDomainStats, with `domains` defined
  cycle     define, start, destroy and undefine a domain
Keys: n domains pids

Prints one line of JSON: n, rate (per second), p50_us, p99_us, cpu_us (the server's CPU per operation, of the processes
`pids`), busy (share of one core that this program took).
"""

import json
import os
import sys
import time

import libvirt

uri, mode = sys.argv[1:3]
options = {"n": "1000", "domains": "0", "pids": ""}
options.update(argument.split("=", 1) for argument in sys.argv[3:])
n = int(options["n"])
pids = [pid for pid in options["pids"].split(",") if pid]


def server_cpu():
    """User and system time in seconds: fields 14 and 15 of /proc/PID/stat."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open(uri)
is_test = connection.getType().lower() == "test"


def domain_xml(name):
    machine = "<type>hvm</type>" if is_test else "<type arch='x86_64'>hvm</type>"
    kind = "test" if is_test else "qemu"
    return f"<domain type='{kind}'><name>{name}</name><memory>8192</memory><os>{machine}</os></domain>"


def cycle(domain):
    domain = connection.defineXML(domain_xml("load-cycle"))
    domain.create()
    domain.destroy()
    domain.undefine()


operations = {
    "connect": lambda domain: libvirt.open(uri).close(),
    "info": lambda domain: domain.info(),
    "lookup": lambda domain: connection.lookupByName("load-one"),
    "xml": lambda domain: domain.XMLDesc(0),
    "list": lambda domain: connection.listAllDomains(),
    "stats": lambda domain: connection.getAllDomainStats(),
    "cycle": cycle,
}

defined = [connection.defineXML(domain_xml(name)) for name in ["load-one", *(f"load-{i}" for i in range(int(options["domains"])))]]
operation = operations[mode]
for _ in range(min(n, 20)):
    operation(defined[0])

latencies = []
cpu, own, began = server_cpu(), time.process_time(), time.perf_counter()
for _ in range(n):
    start = time.perf_counter()
    operation(defined[0])
    latencies.append(time.perf_counter() - start)
seconds, own, cpu = time.perf_counter() - began, time.process_time() - own, server_cpu() - cpu

for domain in defined:
    domain.undefine()
connection.close()
latencies.sort()
result = {
    "n": n,
    "rate": n / seconds,
    "p50_us": latencies[n // 2] * 1e6,
    "p99_us": latencies[int((n - 1) * 0.99)] * 1e6,
    "cpu_us": cpu * 1e6 / n,
    "busy": own / seconds,
}
print(json.dumps({"mode": mode, **{name: round(value, 3) for name, value in result.items()}}))
