import { Clock, Random } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Broker } from './broker.ts';
import { Delivery } from './delivery.ts';
import { Entry } from './entry.ts';
import { EMPTY_TABLE } from './field-table.ts';
import { Message } from './message.ts';
import { Unacked } from './unacked.ts';

const clock = new Clock();
clock.freeze();
const vhost = new Broker({ clock, random: new Random('unacked') }).addVhost('/');
const properties = { name: 'q', type: 'classic', durable: false, autoDelete: false, arguments: EMPTY_TABLE } as const;
const queue = vhost.addQueue(properties, undefined, 'guest');
const entry = new Entry(Message.of('', 'q', new Uint8Array(0)), 0, 0, 0, 0);

const steps = fc.array(
  fc.record({
    do: fc.constantFrom('push' as const, 'push' as const, 'skip' as const, 'take' as const, 'takeUpTo' as const, 'untake' as const),
    count: fc.integer({ min: 1, max: 60 }),
    pick: fc.nat(),
  }),
  { maxLength: 60 },
);

it('finds deliveries by tag, with tags missing in between', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const unacked = new Unacked();
      let expected: number[] = [];
      let taken: readonly Delivery[] = [];
      let next = 1;
      for (const { do: what, count, pick } of script) {
        const chosen = expected[pick % Math.max(1, expected.length)];
        if (what === 'push') {
          for (let index = 0; index < count; index++) {
            expected.push(next);
            unacked.push(new Delivery(next++, entry, queue, undefined));
          }
        } else if (what === 'skip') next += count;
        else if (what === 'take') {
          expect(unacked.take(next + 1)).toBeUndefined();
          if (chosen === undefined) continue;
          expect(unacked.take(chosen)?.tag).toBe(chosen);
          expect(unacked.take(chosen)).toBeUndefined();
          expected = expected.filter((tag) => tag !== chosen);
        } else if (what === 'takeUpTo') {
          if (chosen === undefined) continue;
          taken = unacked.takeUpTo(chosen) ?? [];
          expect(taken.map(({ tag }) => tag)).toEqual(expected.filter((tag) => tag <= chosen));
          expected = expected.filter((tag) => tag > chosen);
        } else {
          unacked.untake(taken);
          expected = [...expected, ...taken.map(({ tag }) => tag)].sort((one, other) => one - other);
          taken = [];
        }
        expect(unacked.size).toBe(expected.length);
        expect(unacked.oldest?.tag).toBe(expected[0]);
        expect([...unacked.all()].map(({ tag }) => tag)).toEqual(expected);
      }
    }),
  );
});
