"""A domain's life: what may be done when, what it is called, and the states in between."""

import libvirt
from session import UUID, connect, domain, finish, step, uuid

c = connect()

step("lookup by name", lambda: c.lookupByName("nope"))
step("lookup by UUID", lambda: c.lookupByUUIDString("11111111-1111-1111-1111-111111111111"))
step("lookup by id", lambda: c.lookupByID(4711))

step("define", lambda: c.defineXML(domain(uuid=uuid(2))))
step("define another name with its UUID", lambda: c.defineXML(domain("e", uuid(2))))
step("define its name with another UUID", lambda: c.defineXML(domain(uuid=uuid(3))))
step("define its name without a UUID", lambda: c.defineXML(domain()))
step("define again", lambda: c.defineXML(domain(uuid=uuid(2))))

d = c.lookupByName("d")
FLAGGED = ("reboot", "reset")
OPERATIONS = ("destroy", "suspend", "resume", "shutdown", "reboot", "reset")


def operate(name):
    return getattr(d, name)(0) if name in FLAGGED else getattr(d, name)()


for operation in OPERATIONS:
    step(f"off: {operation}", lambda: operate(operation))
step("off: info", lambda: d.info())
step("off: state", lambda: d.state())
step("off: vcpus", lambda: d.vcpus())
step("off: maxVcpus", lambda: d.maxVcpus())
step("off: vcpusFlags", lambda: [d.vcpusFlags(flags) for flags in (0, 2, 4, 6)])
step("off: vcpusFlags live", lambda: d.vcpusFlags(1))
step("off: controlInfo", lambda: d.controlInfo())
step("off: securityLabel", lambda: d.securityLabel())
step("off: securityLabelList", lambda: d.securityLabelList())
step("off: reboot by agent", lambda: d.reboot(2))
step("off: autostart", lambda: [d.autostart(), d.setAutostart(1), d.autostart(), d.setAutostart(0)])
step("off: title of the running configuration", lambda: d.metadata(1, None, 1))

step("start", lambda: d.create())
step("start again", lambda: d.create())
step("create what runs", lambda: c.createXML(domain(uuid=uuid(2))))
step("create its name", lambda: c.createXML(domain()))
step("info", lambda: d.info()[:4])
step("state", lambda: d.state())
step("resume what runs", lambda: d.resume())
for name in ("suspend", "state", "suspend", "resume", "state"):
    step(name, lambda: operate(name))
step("reset", lambda: d.reset(0))
step("state after reset", lambda: d.state())
step("maxVcpus", lambda: d.maxVcpus())
step("live XML", lambda: d.XMLDesc())
step("inactive XML", lambda: d.XMLDesc(2))
step("securityLabelList", lambda: d.securityLabelList())
step("shutdown by agent", lambda: d.shutdownFlags(2))
step("rename what runs", lambda: d.rename("e"))
step("undefine what runs", lambda: d.undefine())
step("isPersistent, isUpdated, isActive", lambda: [d.isPersistent(), d.isUpdated(), d.isActive()])
step("transient: autostart", lambda: d.setAutostart(1))
step("transient: undefine", lambda: d.undefine())
step("transient: title of the persistent configuration", lambda: d.metadata(1, None, 2))
step("destroy", lambda: d.destroy())
for operation in ("state", "destroy", "XMLDesc", "info", "isActive"):
    step(f"gone: {operation}", lambda: operate(operation))

step("create paused", lambda: c.createXML(domain("t", uuid(4)), libvirt.VIR_DOMAIN_START_PAUSED).state())
t = c.lookupByName("t")
step("resume", lambda: [t.resume(), t.state()])
for kind in range(3):
    step(f"no metadata {kind}", lambda: t.metadata(kind, "http://x" if kind == 2 else None))
step("set title", lambda: t.setMetadata(1, "hello", None, None))
step("title", lambda: t.metadata(1, None))
step("title of two lines", lambda: t.setMetadata(1, "a\nb", None, None))
step("set description", lambda: t.setMetadata(0, "a\nb <&'\"", None, None))
step("description", lambda: t.metadata(0, None))
step("set element", lambda: t.setMetadata(2, "<a b='1'><c/>x</a>", "k", "http://x"))
step("element", lambda: t.metadata(2, "http://x"))
step("XML with them", lambda: t.XMLDesc().split("<os>")[0])
step("take them away", lambda: [t.setMetadata(1, None, None, None), t.setMetadata(2, None, "k", "http://x")])
step("XML without them", lambda: t.XMLDesc().split("<os>")[0])
for question in ("OSType", "maxMemory", "hasManagedSaveImage", "snapshotNum", "snapshotListNames", "listAllSnapshots", "controlInfo"):
    step(question, lambda: getattr(t, question)())
step("destroy gracefully", lambda: t.destroyFlags(1))
step("no longer there", lambda: c.lookupByName("t"))

z = c.defineXML(domain("z", uuid(5)))
for call in ("XMLDesc", "createWithFlags", "undefineFlags", "shutdownFlags", "destroyFlags", "state"):
    step(f"unknown flags: {call}", lambda: getattr(z, call)(1 << 20))
step("unknown flags: createXML", lambda: c.createXML(domain("y"), 1 << 10))
step("unknown flags: defineXML", lambda: c.defineXMLFlags(domain("y"), 1 << 10))
step("unknown flags: listAllDomains", lambda: c.listAllDomains(1 << 30))
step("rename", lambda: z.rename("zz"))
step("renamed", lambda: c.lookupByName("zz").UUIDString() == UUID + "5")
step("undefine with all flags", lambda: c.lookupByName("zz").undefineFlags(127))

r = connect(read_only=True)
step("read-only: define", lambda: r.defineXML(domain("y")))
zz = r.lookupByName("zz")
for call in ("create", "destroy", "undefine", "suspend", "setAutostart"):
    step(f"read-only: {call}", lambda: getattr(zz, call)(*([1] if call == "setAutostart" else [])))
step("read-only: secure XML", lambda: zz.XMLDesc(1))
step("read-only: vCPUs by agent", lambda: zz.vcpusFlags(8))
step("read-only: info", lambda: zz.info())
step("undefine", lambda: c.lookupByName("zz").undefine())

for call in ("getType", "getVersion", "getLibVersion", "isSecure", "isEncrypted", "isAlive", "getSecurityModel", "getSysinfo"):
    step(call, lambda: getattr(c, call)())
for call in ("numOfNetworks", "listNetworks", "numOfStoragePools", "listStoragePools"):
    step(call, lambda: getattr(c, call)())
for kind in ("qemu", "kvm", None, "zz"):
    step(f"getMaxVcpus {kind}", lambda: c.getMaxVcpus(kind))
step("getDomainCapabilities of no binary", lambda: c.getDomainCapabilities("/nope"))
step("getDomainCapabilities of no architecture", lambda: c.getDomainCapabilities(None, "zz"))
step("getDomainCapabilities of no type", lambda: c.getDomainCapabilities(None, None, None, "zz"))
step("getDomainCapabilities of another type", lambda: c.getDomainCapabilities(None, None, None, "xen"))
step("getDomainCapabilities of no machine", lambda: c.getDomainCapabilities(None, None, "zz"))
step("getCPUModelNames of no architecture", lambda: c.getCPUModelNames("zz"))
step("getCPUModelNames", lambda: sorted(c.getCPUModelNames("x86_64")))

finish()
