"""Documents: which are refused and how, and what becomes of those that are not."""

from session import connect, domain, finish, step

c = connect()

REFUSED = [
    "",
    "foo",
    "<domain>",
    "<a/>",
    "<domain/>",
    "<domain type='qemu'/>",
    "<domain type='zz'><name>q</name></domain>",
    "<domain type='qemu'><name>q</name></domain>",
    "<domain type='qemu'><name>q</name><memory>1</memory><os/></domain>",
    "<domain type='qemu'><name>q</name><memory>1</memory><os><type>zz</type></os></domain>",
    "<domain type='qemu'><name>q</name><memory>1</memory><os><type arch='zz'>hvm</type></os></domain>",
    "<domain type='qemu'><name>q</name><memory>1</memory><os><type machine='zz'>hvm</type></os></domain>",
    "<domain type='qemu'>\n<name>x</nam>\n</domain>",
    "<domain type='qemu' a=1/>",
    "<domain type='qemu'>&foo;</domain>",
    domain() + "x",
    domain(kind="xen"),
    domain(name=""),
    domain(name="a/b"),
    domain(name="x\n"),
    domain(name="x" * 300),
    domain(uuid="<uuid>zz</uuid>"),
    domain(memory="abc"),
    domain(memory="-1"),
    domain(memory="0"),
    domain(memory="9" * 20),
    domain(vcpu="<vcpu>0</vcpu>"),
    domain(vcpu="<vcpu>abc</vcpu>"),
    domain(vcpu="<vcpu>9999</vcpu>"),
    domain(vcpu="<vcpu current='4'>2</vcpu>"),
    domain(rest="<on_poweroff>zz</on_poweroff>"),
    domain(rest="<devices><disk/></devices>"),
    domain(rest="<devices><disk><target/></disk></devices>"),
    domain(rest="<devices><disk type='zz'><target dev='vda'/></disk></devices>"),
    domain(rest="<devices><disk type='file'><target dev='vda' bus='zz'/></disk></devices>"),
    domain(rest="<devices><interface type='zz'/></devices>"),
    domain(rest="<devices><interface type='network'/></devices>"),
    domain(rest="<devices><interface type='user'><mac address='zz'/></interface></devices>"),
    domain(rest="<devices><emulator>/nope</emulator></devices>"),
]
for document in REFUSED:
    step(f"define {document[:120]}", lambda: c.defineXML(document))

ACCEPTED = {
    "nothing but a name": domain(),
    "many vCPUs, few at first": domain(vcpu="<vcpu current='2'>4</vcpu>"),
    "memory in GiB": domain(memory="1048576", rest="<currentMemory unit='MiB'>512</currentMemory>"),
    "more current memory than memory": domain(rest="<currentMemory unit='MiB'>512</currentMemory>"),
    "title, description, metadata": domain(
        rest="<title>T &amp; t</title><description>it's \"d\"</description>"
        "<metadata><a:x xmlns:a='http://example.com/a' b='1'>t</a:x></metadata>"
    ),
    "kvm": domain(kind="kvm"),
    "a disk and a CD drive": domain(
        rest="<devices><disk type='file'><source file='/a'/><target dev='vda'/></disk>"
        "<disk type='file' device='cdrom'><target dev='hdc'/></disk></devices>"
    ),
    "disks on every bus": domain(
        rest="<devices><disk type='block'><source dev='/dev/sdx'/><target dev='vdb'/></disk>"
        "<disk type='file'><driver name='qemu' type='qcow2' cache='none'/><source file='/a'/><target dev='vda'/></disk>"
        "<disk type='file'><source file='/s'/><target dev='sda'/></disk>"
        "<disk type='file'><source file='/t'/><target dev='sdb' bus='sata'/></disk>"
        "<disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk></devices>"
    ),
    "network interfaces": domain(
        rest="<devices><interface type='user'/><interface type='bridge'><source bridge='br0'/>"
        "<mac address='52:54:00:01:Bb:cc'/><model type='virtio'/></interface></devices>"
    ),
    "a console": domain(rest="<devices><console type='pty'/></devices>"),
    "two serial ports": domain(
        rest="<devices><serial type='pty'/><serial type='file'><source path='/var/log/s'/></serial></devices>"
    ),
    "an agent's channel": domain(
        rest="<devices><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices>"
    ),
    "vnc": domain(rest="<devices><graphics type='vnc' port='-1'/></devices>"),
    "vnc with a password": domain(rest="<devices><graphics type='vnc' port='5999' passwd='secret'/></devices>"),
    "spice and qxl": domain(
        rest="<devices><graphics type='spice' autoport='yes'/><video><model type='qxl'/></video></devices>"
    ),
    "sound, watchdog, tablet, rng, no balloon": domain(
        rest="<devices><sound model='ich6'/><watchdog model='i6300esb'/><input type='tablet' bus='usb'/>"
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><memballoon model='none'/></devices>"
    ),
    "the host's CPU": domain(rest="<cpu mode='host-passthrough'/>", kind="kvm"),
    "features and a clock": domain(
        rest="<features><acpi/><apic/></features><clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/></clock>"
    ),
    "what libvirt does not know": domain(rest="<nonsense/><devices><nonsense/></devices>"),
    "q35": domain(
        rest="<devices><disk type='file'><source file='/a'/><target dev='vda'/></disk><interface type='user'>"
        "<model type='virtio'/></interface><graphics type='vnc'/></devices>"
    ).replace("arch='x86_64'", "arch='x86_64' machine='q35'"),
}
for name, document in ACCEPTED.items():
    defined = []
    if step(f"define {name}", lambda: defined.append(c.defineXML(document))) is None:
        step(f"{name}: XML", lambda: defined[0].XMLDesc())
        step(f"{name}: secure XML", lambda: defined[0].XMLDesc(1))
        defined[0].undefine()

finish()
