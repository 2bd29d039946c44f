import { connect } from 'node:net';

/** Packets that no library would send, and what comes back: one outcome for each packet, or how the connection ends. */
export interface RawStep {
  readonly name: string;
  readonly packets: readonly Buffer[];
}

const REMOTE = 0x20008086;
const QEMU = 0x20008087;
const KEEPALIVE = 0x6b656570;

interface Header {
  readonly program?: number;
  readonly version?: number;
  readonly procedure: number;
  readonly type?: number;
  readonly status?: number;
}

function packet({ program = REMOTE, version = 1, procedure, type = 0, status = 0 }: Header, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(28);
  header.writeUInt32BE(28 + body.length, 0);
  header.writeUInt32BE(program, 4);
  header.writeUInt32BE(version, 8);
  header.writeInt32BE(procedure, 12);
  header.writeInt32BE(type, 16);
  header.writeUInt32BE(7, 20);
  header.writeInt32BE(status, 24);
  return Buffer.concat([header, body]);
}

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeInt32BE(value, index * 4);
  });
  return bytes;
};

const text = (value: string): Buffer =>
  Buffer.concat([words(value.length), Buffer.from(value), Buffer.alloc((4 - (value.length % 4)) % 4)]);

const open = (name: string, flags = 0): Buffer => packet({ procedure: 1 }, Buffer.concat([words(1), text(name), words(flags)]));
const feature = (number: number): Buffer => packet({ procedure: 60 }, words(number));
const opened = open('qemu:///system');
const getUri = packet({ procedure: 110 });
const nobody = Buffer.concat([text('nope'), Buffer.alloc(16, 1), words(0)]);

export const rawSteps: readonly RawStep[] = [
  { name: 'AUTH_LIST', packets: [packet({ procedure: 66 })] },
  {
    name: 'calls before the connection is open',
    packets: [packet({ procedure: 59 }), feature(10), feature(4), packet({ procedure: 360 })],
  },
  // Feature 8, descriptors, is the one where we differ on purpose.
  { name: 'features', packets: [opened, ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 99].map(feature)] },
  { name: 'procedures that there are not', packets: [0, 444, 9_999, 107, 318].map((procedure) => packet({ procedure })) },
  { name: 'programs that there are not', packets: [packet({ program: 0x1234, procedure: 1 }), packet({ program: QEMU, procedure: 99 })] },
  { name: 'another version', packets: [packet({ version: 9, procedure: 1 })] },
  { name: 'a status on a call', packets: [packet({ procedure: 66, status: 1 }), packet({ procedure: 66, status: 9 })] },
  { name: 'types that nobody expects', packets: [1, 2, 3, 6, 77].map((type) => packet({ procedure: 1, type })) },
  { name: 'a call with no descriptors', packets: [packet({ procedure: 66, type: 4 }, words(0))] },
  { name: 'arguments cut short', packets: [packet({ procedure: 1 }, Buffer.from([0, 0])), opened, packet({ procedure: 23 }, words(100))] },
  { name: 'more than the arguments', packets: [packet({ procedure: 66 }, Buffer.alloc(40))] },
  { name: 'a flag of 2', packets: [packet({ procedure: 1 }, Buffer.concat([words(2), text('qemu:///system'), words(0)]))] },
  { name: 'open twice', packets: [opened, opened] },
  ...[
    'qemu:///session',
    '',
    'xen:///system',
    'qemu:///foo',
    'foo',
    'qemu://',
    'qemu:///',
    'QEMU:///system',
    'qemu:/system',
    '::::',
    'lxc:///',
  ].map((name) => ({ name: `open ${JSON.stringify(name)}`, packets: [open(name), getUri] })),
  { name: 'open with unknown flags', packets: [open('qemu:///system', 1 << 20), getUri] },
  { name: 'read-only', packets: [open('qemu:///system', 1), packet({ procedure: 9 }, nobody), packet({ procedure: 11 }, text('<x/>'))] },
  {
    name: 'a domain that is not there',
    packets: [opened, packet({ procedure: 9 }, nobody), packet({ procedure: 14 }, Buffer.concat([nobody, words(0)]))],
  },
  {
    name: 'limits',
    packets: [
      opened,
      packet({ procedure: 37 }, words(99_999)),
      packet({ procedure: 37 }, words(-1)),
      packet({ procedure: 21 }, words(99_999)),
    ],
  },
  { name: 'too many vCPUs', packets: [opened, packet({ procedure: 20 }, Buffer.concat([nobody, words(99_999, 1)]))] },
  { name: 'events that there are not', packets: [opened, packet({ procedure: 167 }, words(99)), packet({ procedure: 316 }, words(99, 0))] },
  {
    name: 'callbacks that there are not',
    packets: [opened, packet({ procedure: 106 }), packet({ procedure: 317 }, words(99)), packet({ procedure: 168 }, words(1))],
  },
  {
    name: 'the old event call twice',
    packets: [opened, packet({ procedure: 105 }), packet({ procedure: 105 }), packet({ procedure: 106 })],
  },
  { name: 'ping', packets: [packet({ program: KEEPALIVE, procedure: 1, type: 2 })] },
  { name: 'a ping that is a call', packets: [packet({ program: KEEPALIVE, procedure: 1 })] },
  {
    name: 'keepalive that there is not',
    packets: [packet({ program: KEEPALIVE, procedure: 9, type: 2 }), packet({ program: KEEPALIVE, version: 2, procedure: 1, type: 2 })],
  },
  ...[0, 3, 4, 20, 27, 33_554_437].map((length) => ({
    name: `a length of ${length}`,
    packets: [Buffer.concat([words(length), Buffer.alloc(40)])],
  })),
  { name: 'a length of 4 GiB', packets: [Buffer.alloc(28, 0xff)] },
  { name: 'HTTP', packets: [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')] },
];

const QUIET_MILLISECONDS = 250;

/**
 * Sends the packets one at a time, since libvirtd answers what it has at once in any order. An outcome is
 * the reply in hexadecimal, `nothing`, or `closed`.
 */
export function rawOutcomes(step: RawStep, port: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const outcomes: string[] = [];
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    let quiet: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(outcomes);
    };
    const next = (outcome?: string): void => {
      clearTimeout(quiet);
      if (outcome !== undefined) outcomes.push(outcome);
      const bytes = step.packets[outcomes.length];
      if (bytes === undefined) {
        finish();
        return;
      }
      socket.write(bytes);
      quiet = setTimeout(() => next('nothing'), QUIET_MILLISECONDS);
    };
    const gone = (): void => {
      outcomes.push('closed');
      finish();
    };
    socket.on('connect', () => next());
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < received.readUInt32BE(0)) return;
      const reply = received.subarray(0, received.readUInt32BE(0));
      received = received.subarray(reply.length);
      next(reply.toString('hex'));
    });
    socket.once('end', gone);
    socket.once('error', gone);
  });
}
