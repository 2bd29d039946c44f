import { expect, it } from 'vitest';
import { text } from '../model/field-table.ts';
import { propertiesFromJson, propertiesToJson, UnfitProperty } from './properties-json.ts';

// As RabbitMQ 3.10.8 and 4.0.5 print it.
const PRINTED =
  '{"app_id":"a","user_id":"guest","type":"t","timestamp":5,"message_id":"i","expiration":"100000","reply_to":"r","correlation_id":"c",' +
  '"priority":3,"delivery_mode":2,"headers":{"a":{"y":[{"p":"2","q":"1"}],"z":"1"},"b":"1"},"content_encoding":"e","content_type":"x"}';

it('prints the properties of a message in RabbitMQ’s order, and headers in that of their names', () => {
  const inner = new Map([
    ['q', text('1')],
    ['p', text('2')],
  ]);
  const outer = new Map([
    ['z', text('1')],
    ['y', { type: 'A', value: [{ type: 'F', value: inner }] } as const],
  ]);
  const properties = {
    ...{ contentType: 'x', contentEncoding: 'e', deliveryMode: 2, priority: 3, correlationId: 'c', replyTo: 'r', expiration: '100000' },
    ...{ messageId: 'i', timestamp: 5n, type: 't', userId: 'guest', appId: 'a' },
    headers: new Map([
      ['b', text('1')],
      ['a', { type: 'F', value: outer } as const],
    ]),
  };
  expect(JSON.stringify(propertiesToJson(properties))).toBe(PRINTED);
  const parsed = propertiesFromJson(JSON.parse(PRINTED));
  expect(parsed instanceof UnfitProperty ? parsed : JSON.stringify(propertiesToJson(parsed))).toBe(PRINTED);
});
