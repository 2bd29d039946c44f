"""The events that each step of a domain's life is followed by. Ids count from the first domain that this script starts."""

import threading
import time

import libvirt
from session import connect, domain, finish, steps, uuid

libvirt.virEventRegisterDefaultImpl()


def loop():
    while True:
        libvirt.virEventRunDefaultImpl()


threading.Thread(target=loop, daemon=True).start()
c = connect()
seen = []
known = {-1: -1}


def number(d):
    return known.setdefault(d.ID(), len(known))


c.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda c, d, e, x, o: seen.append([d.name(), number(d), e, x]), None)
c.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT, lambda c, d, o: seen.append([d.name(), number(d), "reboot"]), None)
c.domainEventRegisterAny(
    None, libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, lambda c, d, t, n, o: seen.append([d.name(), number(d), "metadata", t, n]), None
)


def watch(name, act):
    del seen[:]
    act()
    quiet = time.monotonic()
    count = -1
    # QEMU's own events come when they come: wait until nothing more does.
    while time.monotonic() - quiet < 0.3:
        if len(seen) != count:
            count, quiet = len(seen), time.monotonic()
        time.sleep(0.02)
    # Resetting a machine that has not booted yet makes QEMU report more than one reboot.
    distinct = [each for index, each in enumerate(seen) if index == 0 or each != seen[index - 1]]
    steps.append([name, distinct])


def named(name="ev"):
    return c.lookupByName(name)


xml = domain("ev", uuid(6))
watch("define", lambda: c.defineXML(xml))
watch("define again", lambda: c.defineXML(xml))
watch("start", lambda: named().create())
watch("suspend", lambda: named().suspend())
watch("suspend again", lambda: named().suspend())
watch("resume", lambda: named().resume())
watch("reset", lambda: named().reset(0))
watch("title", lambda: named().setMetadata(1, "x", None, None))
watch("element", lambda: named().setMetadata(2, "<a/>", "k", "http://x"))
watch("destroy", lambda: named().destroy())
watch("start paused", lambda: named().createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED))
watch("define what runs", lambda: c.defineXML(xml))
watch("undefine what runs", lambda: named().undefine())
watch("define what is transient", lambda: c.defineXML(xml))
watch("undefine again", lambda: named().undefine())
watch("destroy what is transient", lambda: named().destroy())
watch("create", lambda: c.createXML(xml))
watch("destroy it", lambda: named().destroy())
watch("create paused", lambda: c.createXML(xml, libvirt.VIR_DOMAIN_START_PAUSED))
watch("resume it", lambda: named().resume())
watch("destroy it too", lambda: named().destroyFlags(libvirt.VIR_DOMAIN_DESTROY_GRACEFUL))
watch("define once more", lambda: c.defineXML(xml))
watch("create what is defined", lambda: c.createXML(xml))
watch("destroy what stays defined", lambda: named().destroy())
watch("rename", lambda: named().rename("ev2"))
watch("undefine", lambda: named("ev2").undefine())
finish()
