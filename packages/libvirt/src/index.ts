import { defineEmulator, type Emulator } from '@wirelike/kernel';
import { controlOperations } from './admin/control.ts';
import { applySeed } from './admin/seed.ts';
import { seedDefault } from './admin/seed-default.ts';
import { host_defaults } from './model/host.ts';
import { Hypervisor } from './model/index.ts';
import { isErrorCode } from './session/errors.ts';
import { operations } from './session/operations.ts';
import { LibvirtSession } from './session/session.ts';

const libvirt: Emulator = defineEmulator<Hypervisor>({
  name: 'libvirt',
  title: 'libvirt RPC: a QEMU host with domains',
  listeners: [
    {
      name: 'libvirt',
      transport: 'tcp',
      port: 16_509,
      title: 'libvirt',
      url: ({ host, port }) => `qemu+tcp://${host.includes(':') ? `[${host}]` : host}:${port}/system`,
    },
    {
      name: 'libvirt-socket',
      transport: 'unix',
      socket: 'libvirt-sock',
      title: 'libvirt (unix socket)',
      url: ({ path }) => `qemu+unix:///system?socket=${encodeURI(path)}`,
    },
  ],
  operations,
  fault_actions: ['crash'],
  settings: [
    { name: 'hostname', help: "the host's name", default: host_defaults.hostname },
    { name: 'cpus', help: "the host's CPUs", default: host_defaults.cpus },
    { name: 'memory_mib', help: "the host's memory", default: host_defaults.memory_mib },
    { name: 'arch', help: 'x86_64 or aarch64', default: host_defaults.arch },
    {
      name: 'shutdown_milliseconds',
      help: 'how long a guest takes to shut down or reboot when asked to',
      default: host_defaults.shutdown_milliseconds,
    },
  ],
  seed_extensions: ['.xml'],
  environment(addresses) {
    const tcp = addresses.get('libvirt');
    const socket = addresses.get('libvirt-socket');
    const [tcpSpec, socketSpec] = this.listeners;
    return {
      ...(socket === undefined || socketSpec === undefined ? {} : { LIBVIRT_DEFAULT_URI: socketSpec.url(socket) }),
      ...(tcp === undefined || tcpSpec === undefined ? {} : { LIBVIRT_TCP_URI: tcpSpec.url(tcp) }),
    };
  },
  examples(addresses) {
    const address = addresses.get('libvirt') ?? addresses.get('libvirt-socket');
    const spec = this.listeners.find(({ name }) => name === address?.listener);
    return address === undefined || spec === undefined ? [] : [`virsh -c '${spec.url(address)}' list --all`];
  },
  createModel: (context) => new Hypervisor(context),
  serve: (model, connection, { tap }) => new LibvirtSession(model, connection, tap, false),
  seed: applySeed,
  seedDefault,
  control: controlOperations,
  checkFaultError({ code }) {
    if (code === undefined || isErrorCode(code)) return undefined;
    return `libvirt's error codes are the numbers from 1 to 110 (virErrorNumber), not ${code}`;
  },
});

export default libvirt;
