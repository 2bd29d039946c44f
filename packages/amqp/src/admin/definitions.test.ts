import { Clock, Random, SeedError } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker } from '../model/index.ts';
import { exportDefinitions, exportVhostDefinitions } from './export-definitions.ts';
import { importDefinitions } from './import-definitions.ts';
import { seed } from './seed.ts';

const SHOP = `{
  "users": [
    {"name": "ann", "password": "secret", "tags": "management"}
  ],
  "vhosts": [{"name": "/"}, {"name": "shop", "default_queue_type": "quorum"}],
  "permissions": [
    {"user": "ann", "vhost": "shop", "configure": "^ann-", "write": ".*", "read": ".*"}
  ],
  "parameters": [
    {"vhost": "shop", "component": "vhost-limits", "name": "limits", "value": {"max-queues": 10}},
    {"vhost": "shop", "component": "operator_policy", "name": "cap",
     "value": {"pattern": ".*", "definition": {"max-length": 5}, "priority": 1, "apply-to": "queues"}}
  ],
  "policies": [
    {"vhost": "shop", "name": "ttl", "pattern": "^orders", "definition": {"message-ttl": 1000}, "apply-to": "queues"}
  ],
  "exchanges": [{"vhost": "shop", "name": "x", "type": "topic", "durable": true, "auto_delete": false, "arguments": {}}],
  "queues": [{"vhost": "shop", "name": "orders", "durable": true, "auto_delete": false, "arguments": {"x-max-length": 9}}],
  "bindings": [
    {"vhost": "shop", "source": "x", "destination": "orders", "destination_type": "queue", "routing_key": "o.#", "arguments": {}}
  ]
}
`;

function broker(): Broker {
  const clock = new Clock();
  clock.freeze();
  return new Broker({ clock, random: new Random('definitions') });
}

function seeded(text: string): Broker {
  const one = broker();
  seed(one, { kind: 'file', path: 'shop.json', text });
  return one;
}

function failure(text: string): string {
  try {
    seeded(text);
  } catch (error) {
    if (error instanceof SeedError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('definitions', () => {
  it('become users, queues, bindings and policies', () => {
    const shop = seeded(SHOP);
    expect([...shop.users.keys()]).toEqual(['ann']);
    expect(shop.authenticate('ann', 'secret', { loopback: false })).toBe('ann');
    const orders = shop.vhost('shop')?.queues.get('orders');
    expect(orders?.type).toBe('quorum');
    expect(orders?.settings).toMatchObject({ ttl_milliseconds: 1000, max_length_messages: 5 });
    expect(shop.vhost('shop')?.limits).toEqual({ 'max-queues': 10 });
    expect([...(orders?.bindings ?? [])].map(({ routingKey }) => routingKey)).toEqual(['o.#']);
  });

  it('export what they imported, and import what they exported', () => {
    const one = exportDefinitions(seeded(SHOP));
    const other = broker();
    importDefinitions(other, JSON.parse(JSON.stringify(one)));
    other.removeUser('guest');
    expect(exportDefinitions(other)).toEqual(one);
  });

  it('of one virtual host go into any', () => {
    const shop = seeded(SHOP);
    const vhost = shop.vhost('shop');
    if (vhost === undefined) throw new Error('no vhost');
    const other = broker();
    importDefinitions(other, exportVhostDefinitions(vhost), '/');
    expect(other.vhost('/')?.queues.has('orders')).toBe(true);
  });

  it('in a YAML seed have no categories that do not exist', () => {
    const section = (value: object): void => seed(broker(), { kind: 'section', path: 'team.yaml', value, line: () => 2 });
    expect(() => section({ queus: [] })).toThrow('team.yaml:2: expected one of users, vhosts, permissions, ');
    expect(() => section({ queus: [] })).toThrow('found "queus"');
    section({ rabbitmq_version: '4.0.5', product_name: 'RabbitMQ', queues: [] });
  });

  it('name the line of what is wrong', () => {
    expect(failure('{"users": [')).toMatch(/^shop\.json:1: expected JSON/);
    expect(failure(SHOP.replace('"secret"', '7'))).toBe('shop.json:3: users.0.password: expected a string, found 7');
    expect(failure(SHOP.replace('"user": "ann"', '"user": "bob"'))).toBe(
      "shop.json:7: permissions.0: expected a user who exists, found 'bob'",
    );
    expect(failure(SHOP.replace('"topic"', '"zzz"'))).toBe(
      "shop.json:17: exchanges.0: expected a type of exchange that exists, found 'zzz'",
    );
  });

  it.each([
    ['{ "x-queue-type": "zzz" }', "x-queue-type: expected a queue type that exists, found 'zzz'"],
    ['{ "x-max-length": "ten" }', 'x-max-length: expected an integer, found a string'],
    ['{ "x-message-ttl": -1 }', 'x-message-ttl: expected 0 or more, found -1'],
    ['{ "x-expires": 0 }', 'x-expires: expected more than 0'],
    ['{ "x-overflow": "spill" }', 'x-overflow: expected one of its values (invalid_overflow)'],
    ['{ "x-dead-letter-exchange": 5 }', 'x-dead-letter-exchange: expected another type than a number'],
    ['{ "x-dead-letter-routing-key": "k" }', 'x-dead-letter-routing-key: expected x-dead-letter-exchange beside it'],
  ])('tells of a queue with the arguments %s', (argumentsText, problem) => {
    const text = `{\n"queues": [\n{ "name": "q", "vhost": "/", "durable": true,\n"arguments":\n${argumentsText} }\n]}`;
    expect(failure(text)).toBe(`shop.json:5: queues.0: ${problem}`);
  });

  it.each([
    ['policies', { name: 'p', pattern: '(', definition: { 'max-length': 1 } }, 'pattern should be regular expression but is invalid: '],
    ['policies', { name: 'p', pattern: 'x', definition: { 'max-lenth': 1 } }, '[{<<"max-lenth">>,1}] are not recognised policy settings'],
    ['policies', { name: 'p', pattern: 'x', definition: { 'max-length': 'a' } }, '<<"a">> is not a valid maximum length'],
    ['policies', { name: 'p', pattern: 'x', definition: { 'ha-mode': 'all' } }, 'are not recognised policy settings'],
    [
      'parameters',
      { name: 'p', component: 'operator_policy', value: { pattern: 'x', definition: { 'queue-mode': 'lazy' } } },
      '[{<<"queue-mode">>,<<"lazy">>}] are not recognised policy settings',
    ],
  ])('tells of a policy as RabbitMQ does: %s %j', (category, policy, problem) => {
    const text = JSON.stringify({ [category]: [{ vhost: '/', ...policy }] });
    expect(failure(text)).toContain(`shop.json:1: ${category}.0: `);
    expect(failure(text)).toContain(problem);
  });

  it('tells of a binding whose queue or exchange does not exist', () => {
    const binding = (source: string) =>
      JSON.stringify({ bindings: [{ source, vhost: '/', destination: 'q', destination_type: 'queue', routing_key: '', arguments: {} }] });
    expect(failure(binding('amq.topic'))).toBe("shop.json:1: bindings.0: expected a queue that exists, found 'q' in vhost '/'");
    expect(failure(binding('x').replace('"queue"', '"exchange"').replace('"q"', '"amq.topic"'))).toBe(
      "shop.json:1: bindings.0: expected an exchange that exists, found 'x' in vhost '/'",
    );
  });
});
