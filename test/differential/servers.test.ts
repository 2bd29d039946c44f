import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClient } from '../peers/client.ts';
import { describeWithPeer } from '../peers/describe.ts';
import { type Libvirtd, startLibvirtd } from '../peers/libvirtd.ts';
import { type Mosquitto, startMosquitto } from '../peers/mosquitto.ts';
import { requireClient } from '../peers/peers.ts';
import { type RabbitMq, startRabbitMq } from '../peers/rabbitmq.ts';
import { type Slapd, startSlapd } from '../peers/slapd.ts';

describeWithPeer('rabbitmq', 'a real RabbitMQ', () => {
  let rabbitmq: RabbitMq;
  beforeAll(async () => {
    rabbitmq = await startRabbitMq({ plugins: ['rabbitmq_management'] });
  }, 100_000);
  afterAll(() => rabbitmq?.stop(), 30_000);

  it('carries a message', async () => {
    const env = { AMQP_URL: rabbitmq.url };
    const [declare, publish, get] = ['amqp-declare-queue', 'amqp-publish', 'amqp-get'] as const;
    await runClient(requireClient(declare).path, ['-u', rabbitmq.url, '-q', 'post'], { env });
    await runClient(requireClient(publish).path, ['-u', rabbitmq.url, '-r', 'post', '-b', 'hello'], { env });
    expect(await runClient(requireClient(get).path, ['-u', rabbitmq.url, '-q', 'post'])).toMatchObject({ status: 0, stdout: 'hello' });
  });

  it('answers its management interface', async () => {
    const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
    const response = await fetch(`http://127.0.0.1:${rabbitmq.managementPort}/api/whoami`, { headers: { authorization } });
    expect(await response.json()).toMatchObject({ name: 'guest' });
  });
});

describeWithPeer('slapd', 'a real slapd', () => {
  let slapd: Slapd;
  beforeAll(async () => {
    slapd = await startSlapd();
  }, 30_000);
  afterAll(() => slapd?.stop());

  it('lets the administrator in and has the suffix', async () => {
    const args = ['-x', '-LLL', '-H', slapd.url, '-D', slapd.bindDn, '-w', slapd.bindPassword, '-b', slapd.baseDn, 'dc'];
    expect((await runClient(requireClient('ldapsearch').path, args)).stdout).toBe('dn: dc=example,dc=com\ndc: example\n\n');
  });
});

describeWithPeer('mosquitto', 'a real mosquitto', () => {
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    mosquitto = await startMosquitto();
  }, 30_000);
  afterAll(() => mosquitto?.stop());

  it('takes a message', async () => {
    const args = ['-p', String(mosquitto.port), '-t', 'a', '-m', 'b', '-q', '1'];
    expect(await runClient(requireClient('mosquitto_pub').path, args)).toMatchObject({ status: 0 });
  });
});

describeWithPeer(['libvirtd', 'qemu-driver', 'qemu'], 'a real libvirtd', () => {
  let libvirtd: Libvirtd;
  const virsh = async (uri: string, ...command: string[]): Promise<string> => {
    const result = await runClient(requireClient('virsh').path, ['-q', '-c', uri, ...command], { timeout_milliseconds: 60_000 });
    if (result.status !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  const domain = `<domain type='qemu'><name>tiny</name><memory>16384</memory>
    <os><type arch='x86_64' machine='pc'>hvm</type></os><devices/></domain>`;
  const xml = join(mkdtempSync(join(tmpdir(), 'wirelike-domain-')), 'tiny.xml');
  beforeAll(async () => {
    writeFileSync(xml, domain);
    libvirtd = await startLibvirtd();
  }, 30_000);
  afterAll(async () => {
    rmSync(dirname(xml), { recursive: true });
    await libvirtd?.stop();
  });

  it('has the test driver', async () => {
    expect(await virsh(libvirtd.testUri, 'list', '--all', '--name')).toContain('test');
  });

  it('runs a domain under qemu, seen through the unix socket', async () => {
    await virsh(libvirtd.qemuUri, 'create', xml);
    expect(await virsh(libvirtd.qemuUnixUri, 'domstate', 'tiny')).toContain('running');
    await virsh(libvirtd.qemuUri, 'destroy', 'tiny');
    expect(await virsh(libvirtd.qemuUnixUri, 'list', '--all', '--name')).not.toContain('tiny');
  }, 90_000);
});
