import { expect, it } from 'vitest';
import { formatEvent } from './format-event.ts';

const event = {
  ...{
    sequence: 1,
    time: Date.UTC(2030, 0, 1, 12, 0, 1, 250),
    emulator: 'amqp',
    connection: 3,
    direction: 'in',
    operation: 'basic.publish',
  },
  attributes: { exchange: 'orders', mandatory: true },
};

it('puts an event on one line', () => {
  expect(formatEvent(event)).toBe('12:00:01.250 amqp      #3 → basic.publish exchange=orders mandatory=true');
  expect(formatEvent({ ...event, outcome: { code: 404, text: 'NOT_FOUND - no' } })).toContain('⇒ 404 "NOT_FOUND - no"');
  expect(formatEvent({ ...event, direction: 'internal', connection: 0 })).toContain('· basic.publish');
});

it('lets nothing of a client reach the terminal as it is', () => {
  const line = formatEvent({ ...event, attributes: { queue: 'a\u001b[31m\n\u009b', long: 'x'.repeat(1_000) } });
  const control = [...line].filter((character) => character < ' ' || (character >= '\u007f' && character <= '\u009f'));
  expect(control).toEqual([]);
  expect(line.length).toBeLessThan(300);
});
