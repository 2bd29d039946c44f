import { frame, frame_types, headerPayload, methodPayload } from '../codec/frames.ts';
import { type Dice, dice, pick } from '../dice.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';

const mutation_count = Number(process.env.WIRELIKE_MUTATIONS ?? 40);

/** Valid frames for channel 1, about a queue whose name may be changed too and so is the same in every run; the last of which is changed in one octet or two. */
function corpus(queue: string): readonly [Buffer[], ...Buffer[][]] {
  const method = (name: string, args: Parameters<typeof methodPayload>[1]): Buffer =>
    frame(frame_types.method, 1, methodPayload(name, args));
  const publish = method('basic.publish', { routingKey: queue });
  const properties = {
    contentType: 'text/plain',
    headers: { a: 1, b: 'two', c: [true, null], d: { e: 1.5 } },
    deliveryMode: 2,
    messageId: 'id',
  };
  return [
    [method('queue.declare', { queue, exclusive: true, arguments: { 'x-max-length': 5, 'x-any': [1, 'x'] } })],
    [method('exchange.declare', { exchange: 'amq.direct', type: 'direct', durable: true, arguments: { 'alternate-exchange': 'x' } })],
    [method('basic.qos', { prefetchCount: 5 })],
    [method('channel.flow', { active: true })],
    [publish, frame(frame_types.header, 1, headerPayload(properties, 3)), frame(frame_types.body, 1, Buffer.from('abc'))],
    [publish, frame(frame_types.header, 1, headerPayload(properties, 0))],
    [publish, frame(frame_types.header, 1, headerPayload({}, 5)), frame(frame_types.body, 1, Buffer.from('hello'))],
  ];
}

/** Changes octets of a frame, but not its channel, its length and the body's length: those decide what is waited for. */
function mutated(original: Buffer, roll: Dice): Buffer {
  const bytes = Buffer.from(original);
  for (let changes = 1 + roll(2); changes > 0; changes--) {
    const at = roll(12) === 0 ? 0 : 7 + roll(bytes.length - 7);
    if (original[0] === frame_types.header && at >= 11 && at < 19) continue;
    bytes[at] = pick(roll, [0, 1, 0xff, (bytes[at] ?? 0) ^ (1 << roll(8)), roll(256)]);
  }
  return bytes;
}

function mutation(seed: number): Scenario {
  return scenario(`mutation ${seed}`, async (a) => {
    const roll = dice(seed);
    const frames = pick(roll, corpus(`mutated-${seed}`));
    const c = await a.connect();
    const ch = await c.channel(1);
    const which = roll(frames.length);
    const bytes = Buffer.concat(frames.map((each, index) => (index === which ? mutated(each, roll) : each)));
    c.wire.raw(bytes);
    await a.settle(250);
    const closed = await c.wire.inbox(0).find((event) => event.name === 'connection.close' || event.name === 'end', 0);
    // Which error, the scenarios of protocol violations compare; RabbitMQ's reader crashes over some, and says nothing.
    if (closed !== undefined) {
      a.note('the connection is refused');
      c.wire.destroy();
      return;
    }
    ch.takeWaiting();
    await ch.sync();
    a.note('the connection lives');
    c.wire.destroy();
  });
}

/** Frames with an octet or two changed: what a broken client gets to see. */
export const mutations: Area = {
  name: 'mutations',
  scenarios: Array.from({ length: mutation_count }, (_, index) => mutation(index + 1)),
};
