import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '@wirelike/kernel';
import libvirt from '@wirelike/libvirt';
import { openWorld } from '@wirelike/testkit';
import { expect, it } from 'vitest';
import { BackgroundProcess } from '../peers/background-process.ts';
import { runClient } from '../peers/client.ts';
import { describeWithClient } from '../peers/describe.ts';
import { requireClient } from '../peers/peers.ts';
import { waitUntil } from '../peers/ports.ts';
import { runPythonJson } from '../peers/python.ts';

const directory = mkdtempSync(join(tmpdir(), 'wl-'));

function uri(world: World, listener = 'libvirt'): string {
  const address = world.addresses.get(listener);
  const spec = libvirt.listeners.find(({ name }) => name === listener);
  if (address === undefined || spec === undefined) throw new Error(`nobody listens on ${listener}`);
  return spec.url(address);
}

/** What virsh prints, without the empty lines at the end; its error text if it fails. */
async function virsh(where: string, ...command: readonly string[]): Promise<string> {
  const result = await runClient(requireClient('virsh').path, ['-c', where, ...command]);
  return `${result.stdout}${result.stderr}`.trim();
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const tiny = "<domain type='qemu'><name>tiny</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>";

describeWithClient('virsh', 'virsh', () => {
  it.each(['libvirt', 'libvirt-socket'])('lists the seed’s domains through %s', async (listener) => {
    const world = await openWorld([libvirt]);
    expect(await virsh(uri(world, listener), 'list', '--all', '--title')).toBe(
      [
        'Id   Name      State      Title',
        '------------------------------------------',
        ' 1    web-1     running    Web server',
        ' 2    db-1      running    Database',
        ' -    build-1   shut off   Build machine',
      ].join('\n'),
    );
  });

  it('takes its address from the environment', async () => {
    const world = await openWorld([libvirt]);
    const result = await runClient(requireClient('virsh').path, ['list', '--name'], { env: world.environment() });
    expect(result.stdout.trim().split('\n')).toEqual(['web-1', 'db-1']);
  });

  it('drives a domain through its life', async () => {
    const where = uri(await openWorld([libvirt]));
    const state = (): Promise<string> => virsh(where, 'domstate', 'tiny', '--reason');
    expect(await virsh(where, 'define', file('tiny.xml', tiny))).toMatch(/^Domain 'tiny' defined from /);
    expect(await state()).toBe('shut off (unknown)');
    const steps: readonly (readonly [string, string, string])[] = [
      ['start', "Domain 'tiny' started", 'running (booted)'],
      ['suspend', "Domain 'tiny' suspended", 'paused (user)'],
      ['resume', "Domain 'tiny' resumed", 'running (unpaused)'],
      ['reset', "Domain 'tiny' was reset", 'running (unpaused)'],
      ['reboot', "Domain 'tiny' is being rebooted", 'running (unpaused)'],
      ['shutdown', "Domain 'tiny' is being shutdown", 'shut off (shutdown)'],
      ['start', "Domain 'tiny' started", 'running (booted)'],
      ['destroy', "Domain 'tiny' destroyed", 'shut off (destroyed)'],
    ];
    for (const [command, said, then] of steps) {
      expect(await virsh(where, command, 'tiny')).toBe(said);
      expect(await state()).toBe(then);
    }
    expect(await virsh(where, 'start', 'tiny', '--paused')).toBe("Domain 'tiny' started");
    expect(await state()).toBe('paused (user)');
    expect(await virsh(where, 'destroy', 'tiny', '--graceful')).toBe("Domain 'tiny' destroyed");
    expect(await virsh(where, 'undefine', 'tiny', '--managed-save', '--snapshots-metadata')).toBe("Domain 'tiny' has been undefined");
    expect(await virsh(where, 'domstate', 'tiny')).toContain("failed to get domain 'tiny'");
  });

  it('creates a domain that is gone when it stops', async () => {
    const where = uri(await openWorld([libvirt]));
    expect(await virsh(where, 'create', file('transient.xml', tiny))).toMatch(/^Domain 'tiny' created from /);
    expect(await virsh(where, 'list', '--transient', '--name')).toBe('tiny');
    expect(await virsh(where, 'undefine', 'tiny')).toContain('cannot undefine transient domain');
    await virsh(where, 'destroy', 'tiny');
    expect(await virsh(where, 'list', '--all', '--name')).not.toContain('tiny');
  });

  it('shows what a domain is', async () => {
    const where = uri(await openWorld([libvirt]));
    const info = await virsh(where, 'dominfo', 'db-1');
    expect(info).toMatch(/^Name: +db-1$/m);
    expect(info).toMatch(/^State: +running$/m);
    expect(info).toMatch(/^CPU\(s\): +2$/m);
    expect(info).toMatch(/^Max memory: +2097152 KiB$/m);
    expect(info).toMatch(/^Persistent: +yes$/m);
    expect(info).toMatch(/^Managed save: +no$/m);
    const live = await virsh(where, 'dumpxml', 'web-1');
    expect(live).toMatch(/^<domain type='qemu' id='1'>/);
    expect(live).toContain("<alias name='net0'/>");
    const inactive = await virsh(where, 'dumpxml', '--inactive', 'web-1');
    expect(inactive).toMatch(/^<domain type='qemu'>/);
    expect(inactive).not.toContain('<alias');
    expect(await virsh(where, 'domblklist', 'web-1')).toContain('vda      /var/lib/libvirt/images/web-1.qcow2');
    expect(await virsh(where, 'domiflist', 'web-1')).toMatch(/user +- +virtio +52:54:00:/);
    expect(await virsh(where, 'vcpucount', 'db-1', '--live', '--current')).toBe('2');
    expect(await virsh(where, 'ttyconsole', 'web-1')).toMatch(/^\/dev\/pts\/\d+$/);
    expect(await virsh(where, 'domstats', 'web-1', '--state')).toContain('state.state=1');
  });

  it('keeps what it is told about a domain', async () => {
    const where = uri(await openWorld([libvirt]));
    await virsh(where, 'desc', 'web-1', '--title', 'Front');
    expect(await virsh(where, 'desc', 'web-1', '--title')).toBe('Front');
    expect(await virsh(where, 'autostart', 'web-1')).toBe("Domain 'web-1' marked as autostarted");
    expect(await virsh(where, 'list', '--autostart', '--name')).toBe('web-1');
    await virsh(where, 'metadata', 'web-1', 'http://example.com/', '--key', 'app', '--set', "<owner name='ann'/>");
    expect(await virsh(where, 'metadata', 'web-1', 'http://example.com/')).toBe('<owner name="ann"/>');
    expect(await virsh(where, 'domrename', 'build-1', 'build-2')).toBe('Domain successfully renamed');
  });

  it('shows what the host is', async () => {
    const where = uri(await openWorld([libvirt], { settings: { libvirt: { hostname: 'rack-7', cpus: '4', memory_mib: '8192' } } }));
    expect(await virsh(where, 'hostname')).toBe('rack-7');
    expect(await virsh(where, 'uri')).toBe(where);
    expect(await virsh(where, 'version')).toContain('Running hypervisor: QEMU 7.2.22');
    const node = await virsh(where, 'nodeinfo');
    expect(node).toMatch(/^CPU\(s\): +4$/m);
    expect(node).toMatch(/^Memory size: +8388608 KiB$/m);
    expect(await virsh(where, 'capabilities')).toContain("<machine canonical='pc-i440fx-7.2' maxCpus='255'>pc</machine>");
    expect(await virsh(where, 'domcapabilities')).toContain('<path>/usr/bin/qemu-system-x86_64</path>');
    expect(await virsh(where, 'net-list', '--all')).toContain('Name   State   Autostart   Persistent');
  });

  it('tells its user what libvirt would', async () => {
    const where = uri(await openWorld([libvirt]));
    expect(await virsh(where, 'start', 'web-1')).toBe('error: Domain is already active');
    expect(await virsh(where, 'destroy', 'build-1')).toBe(
      "error: Failed to destroy domain 'build-1'\nerror: Requested operation is not valid: domain is not running",
    );
    expect(await virsh(where, 'define', file('bad.xml', '<domain><name>x</domain>'))).toContain(
      '(domain_definition):1: Opening and ending tag mismatch: name line 1 and domain',
    );
    expect(await virsh(where, 'domfsinfo', 'web-1')).toContain(
      'this function is not supported by the connection driver: virDomainGetFSInfo',
    );
    expect(await virsh(where, '--readonly', 'destroy', 'web-1')).toContain(
      'operation forbidden: read only access prevents virDomainDestroy',
    );
    expect(await virsh(where.replace('/system', '/elsewhere'), 'list')).toContain(
      "unexpected qemu URI path '/elsewhere', try qemu:///system",
    );
  });

  it('watches events', async () => {
    const where = uri(await openWorld([libvirt]));
    // virsh prints into a pipe only when its buffer is full, unless it is told that a line is enough.
    const watcher = new BackgroundProcess('stdbuf', ['-oL', requireClient('virsh').path, '-c', where, 'event', '--all', '--loop']);
    try {
      await new Promise((resolve) => setTimeout(resolve, 400));
      for (const command of ['start', 'suspend', 'resume', 'reboot', 'shutdown']) await virsh(where, command, 'build-1');
      await waitUntil(async () => watcher.output.includes('Stopped'), {
        timeout_milliseconds: 5_000,
        isAlive: () => watcher.isRunning,
        explain: () => watcher.output,
      });
      const lines = watcher.output.trim().split('\n');
      expect(lines).toEqual([
        "event 'lifecycle' for domain 'build-1': Resumed Unpaused",
        "event 'lifecycle' for domain 'build-1': Started Booted",
        "event 'lifecycle' for domain 'build-1': Suspended Paused",
        "event 'lifecycle' for domain 'build-1': Resumed Unpaused",
        "event 'reboot' for domain 'build-1'",
        "event 'lifecycle' for domain 'build-1': Shutdown Finished after guest request",
        "event 'lifecycle' for domain 'build-1': Stopped Shutdown",
      ]);
    } finally {
      await watcher.stop();
    }
  });
});

describeWithClient('python3-libvirt', 'python-libvirt', () => {
  it('calls, and is told of events of the domains that it asked for', async () => {
    const world = await openWorld([libvirt]);
    const script = `
      import json, sys, threading, time, libvirt
      libvirt.registerErrorHandler(lambda context, error: None, None)
      libvirt.virEventRegisterDefaultImpl()
      def loop():
          while True: libvirt.virEventRunDefaultImpl()
      threading.Thread(target=loop, daemon=True).start()
      c = libvirt.open(sys.argv[1])
      c.setKeepAlive(1, 3)
      everything, one, old = [], [], []
      build, web = c.lookupByName('build-1'), c.lookupByName('web-1')
      c.domainEventRegister(lambda c, d, e, x, o: old.append([d.name(), e, x]), None)
      a = c.domainEventRegisterAny(None, 0, lambda c, d, e, x, o: everything.append([d.name(), d.ID(), e, x]), None)
      b = c.domainEventRegisterAny(build, 0, lambda c, d, e, x, o: one.append([e, x]), None)
      web.suspend(); build.create(); web.resume(); build.destroy()
      time.sleep(.3)
      c.domainEventDeregisterAny(b)
      build.create(); time.sleep(.3)
      c.domainEventDeregisterAny(a)
      web.destroy(); time.sleep(.3)
      info = build.info()
      print(json.dumps({'everything': everything, 'one': one, 'old': len(old), 'info': info[:4], 'alive': c.isAlive(), 'type': c.getType(),
        'stats': [d.name() for d, s in c.getAllDomainStats()], 'xml': c.lookupByID(build.ID()).XMLDesc()[:30]}))
    `;
    expect(await runPythonJson(script, { args: [uri(world)] })).toEqual({
      everything: [
        ['web-1', 1, 3, 0],
        ['build-1', 3, 4, 0],
        ['build-1', 3, 2, 0],
        ['web-1', 1, 4, 0],
        ['build-1', 3, 6, 2],
        ['build-1', -1, 5, 1],
        ['build-1', 4, 4, 0],
        ['build-1', 4, 2, 0],
      ],
      one: [
        [4, 0],
        [2, 0],
        [6, 2],
        [5, 1],
      ],
      old: 10,
      info: [1, 4_194_304, 4_194_304, 4],
      alive: 1,
      type: 'QEMU',
      stats: ['web-1', 'db-1', 'build-1'],
      xml: "<domain type='qemu' id='4'>\n  ",
    });
  });

  it('stays connected by keepalive, and notices when the world closes', async () => {
    const world = await openWorld([libvirt]);
    const script = `
      import json, sys, threading, time, libvirt
      libvirt.registerErrorHandler(lambda context, error: None, None)
      libvirt.virEventRegisterDefaultImpl()
      def loop():
          while True: libvirt.virEventRunDefaultImpl()
      threading.Thread(target=loop, daemon=True).start()
      c = libvirt.open(sys.argv[1])
      closed = []
      c.registerCloseCallback(lambda c, reason, o: closed.append(reason), None)
      c.setKeepAlive(1, 2)
      time.sleep(3.5)
      alive = c.isAlive()
      c.lookupByName('web-1').destroy()
      deadline = time.time() + 8
      while not closed and time.time() < deadline: time.sleep(.05)
      print(json.dumps({'alive': alive, 'closed': closed}))
    `;
    const running = runPythonJson(script, { args: [uri(world)] });
    await waitUntil(async () => JSON.stringify(world.model('libvirt').dump()).includes('"reason":"destroyed"'), {
      timeout_milliseconds: 10_000,
      isAlive: () => true,
      explain: () => 'the script never got to its destroy',
    });
    await world.close(500);
    // VIR_CONNECT_CLOSE_REASON_ERROR: what libvirt's client also makes of a libvirtd that is stopped.
    expect(await running).toEqual({ alive: 1, closed: [0] });
  });

  it('takes its autodestroyed domains with it', async () => {
    const world = await openWorld([libvirt]);
    const script = `
      import json, sys, libvirt
      c = libvirt.open(sys.argv[1])
      d = c.createXML(sys.argv[2], libvirt.VIR_DOMAIN_START_AUTODESTROY)
      print(json.dumps(d.isActive()))
      c.close()
    `;
    expect(await runPythonJson(script, { args: [uri(world), tiny] })).toBe(1);
    await waitUntil(async () => !JSON.stringify(world.model('libvirt').dump()).includes('tiny'), {
      timeout_milliseconds: 2_000,
      isAlive: () => true,
      explain: () => 'it is still there',
    });
  });

  it('is told when the world goes back to a snapshot', async () => {
    const world = await openWorld([libvirt]);
    const snapshot = world.snapshot();
    const script = `
      import json, sys, threading, time, libvirt
      libvirt.virEventRegisterDefaultImpl()
      def loop():
          while True: libvirt.virEventRunDefaultImpl()
      threading.Thread(target=loop, daemon=True).start()
      c = libvirt.open(sys.argv[1])
      events = []
      c.lookupByName('web-1').destroy()
      c.domainEventRegisterAny(None, 0, lambda c, d, e, x, o: events.append([d.name(), e, x]), None)
      deadline = time.time() + 5
      while not events and time.time() < deadline: time.sleep(.02)
      print(json.dumps([events, c.lookupByName('web-1').state()]))
    `;
    const running = runPythonJson(script, { args: [uri(world)] });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    world.restore(snapshot);
    expect(await running).toEqual([[['web-1', 2, 3]], [1, 1]]);
  });
});

describeWithClient('virsh', 'virsh, disturbed', () => {
  it('sees an injected fault as an error of the hypervisor, in the journal too', async () => {
    const world = await openWorld([libvirt]);
    world.journal.enable();
    const action = { kind: 'error', code: 38, text: 'the disk is on fire' } as const;
    world.faults.add({ emulator: 'libvirt', operation: 'DOMAIN_CREATE*', where: { domain: 'build-1' }, occurrences: { first: 1 }, action });
    const where = uri(world);
    expect(await virsh(where, 'start', 'build-1')).toBe("error: Failed to start domain 'build-1'\nerror: the disk is on fire");
    expect(await virsh(where, 'start', 'build-1')).toBe("Domain 'build-1' started");
    const starts = [...world.journal.events()].filter(({ operation }) => operation.startsWith('DOMAIN_CREATE'));
    expect(starts.map(({ outcome }) => outcome?.code)).toEqual([38, undefined]);
  });

  it('is not disturbed by what others send', async () => {
    const world = await openWorld([libvirt]);
    const address = world.addresses.get('libvirt');
    const response = await fetch(`http://127.0.0.1:${address?.port}/`).catch((error: unknown) => error);
    expect(response).toBeInstanceOf(Error);
    expect(await virsh(uri(world), 'list', '--name')).toBe('web-1\ndb-1');
  });
});
