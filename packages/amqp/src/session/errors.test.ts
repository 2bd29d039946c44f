import { describe, expect, it } from 'vitest';
import { type Condition, type Persona, releaseOf } from '../model/index.ts';
import { failureOf } from './errors.ts';
import { closeFields, failure, failureOfCode } from './replies.ts';

const queue = { type: 'queue', vhost: '/', name: 'q' } as const;
const exchange = { type: 'exchange', vhost: '/', name: 'x' } as const;

type Row = readonly [condition: Condition, scope: 'channel' | 'connection', code: number, text: string, persona?: Persona];

// As RabbitMQ 3.10.8 was recorded to answer; where versions differ, the version is named.
const ROWS: readonly Row[] = [
  [{ kind: 'no-vhost', vhost: 'nope' }, 'connection', 530, 'NOT_ALLOWED - vhost nope not found'],
  [{ kind: 'vhost-refused', vhost: '/', user: 'u' }, 'connection', 530, "NOT_ALLOWED - access to vhost '/' refused for user 'u'"],
  [
    { kind: 'access-refused', permission: 'configure', resource: queue, user: 'u' },
    'channel',
    403,
    "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u'",
    '3.10',
  ],
  [
    { kind: 'access-refused', permission: 'write', resource: { ...exchange, name: '' }, user: 'u' },
    'channel',
    403,
    "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'u'",
    '4',
  ],
  [
    {
      kind: 'inequivalent',
      argument: 'durable',
      resource: queue,
      received: { is: 'property', value: 'false' },
      current: { is: 'property', value: 'true' },
    },
    'channel',
    406,
    "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
  ],
  [
    {
      kind: 'inequivalent',
      argument: 'x-message-ttl',
      resource: queue,
      received: { is: 'typed', field: { type: 'I', value: 5 } },
      current: { is: 'none' },
    },
    'channel',
    406,
    "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the value '5' of type 'signedint' but current is none",
  ],
  [
    { kind: 'invalid-argument', argument: 'x-max-length', resource: queue, fault: { fault: 'value_negative', value: -1 } },
    'channel',
    406,
    "PRECONDITION_FAILED - invalid arg 'x-max-length' for queue 'q' in vhost '/': {value_negative,-1}",
  ],
  [
    {
      kind: 'invalid-argument',
      argument: 'x-queue-type',
      resource: queue,
      fault: { fault: 'unsupported', what: 'queue type', value: 'zz' },
    },
    'channel',
    406,
    `PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue 'q' in vhost '/': "unsupported queue type 'zz'"`,
  ],
  [{ kind: 'unknown-exchange-type', type: 'zzz' }, 'connection', 503, "COMMAND_INVALID - unknown exchange type 'zzz'", '3.10'],
  [{ kind: 'unknown-exchange-type', type: 'zzz' }, 'channel', 406, "PRECONDITION_FAILED - unknown exchange type 'zzz'", '3.13'],
  [{ kind: 'unknown-exchange-type', type: 'zzz' }, 'channel', 406, "PRECONDITION_FAILED - unknown exchange type 'zzz'", '4'],
  [
    { kind: 'invalid-x-match-value', value: 'zz' },
    'channel',
    406,
    'PRECONDITION_FAILED - Invalid x-match field value <<"zz">>; expected all, any, all-with-x, or any-with-x',
  ],
  [{ kind: 'consumer-tag-reused', tag: 'a' }, 'connection', 530, "NOT_ALLOWED - attempt to reuse consumer tag 'a'"],
  [{ kind: 'unknown-delivery-tag', tag: 99 }, 'channel', 406, 'PRECONDITION_FAILED - unknown delivery tag 99'],
  [{ kind: 'unknown-delivery-tag', tag: 2 ** 63 }, 'channel', 406, 'PRECONDITION_FAILED - unknown delivery tag 9223372036854775808'],
  [
    { kind: 'locked', resource: queue },
    'channel',
    405,
    "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be originally declared on another connection or the exclusive property value does not match that of the original declaration.",
  ],
  [{ kind: 'mode-switch', from: 'tx', to: 'confirm' }, 'channel', 406, 'PRECONDITION_FAILED - cannot switch from tx to confirm mode'],
  [{ kind: 'prefetch-size', size: 10 }, 'connection', 540, 'NOT_IMPLEMENTED - prefetch_size!=0 (10)'],
  [{ kind: 'connection-forced', reason: 'because' }, 'connection', 320, 'CONNECTION_FORCED - because'],
];

describe('what the broker refuses', () => {
  for (const [condition, scope, code, text, persona = '3.10'] of ROWS) {
    it(`${persona}: ${text}`, () => {
      expect(failureOf(condition, releaseOf(persona))).toEqual({ scope, code, text });
    });
  }
});

describe('a close', () => {
  it('names the method that caused it, unless the server would have crashed', () => {
    expect(closeFields(failure('NOT_FOUND', 'why'), 'queue.bind')).toEqual({
      replyCode: 404,
      replyText: 'NOT_FOUND - why',
      classId: 50,
      methodId: 20,
    });
    expect(closeFields(failure('INTERNAL_ERROR'), 'basic.publish')).toMatchObject({ replyCode: 541, classId: 0, methodId: 0 });
  });

  it('cuts a text that is too long for a shortstr', () => {
    const { replyText } = closeFields(failure('NOT_FOUND', 'ä'.repeat(200)));
    expect(Buffer.byteLength(replyText)).toBeLessThanOrEqual(255);
    expect(replyText).toMatch(/ä\.\.\.$/);
  });

  it('is in Latin-1 in 3.12 and 3.13, which crash where that lacks a character', () => {
    const refused = (name: string, release: string) =>
      closeFields(failureOf({ kind: 'not-found', resource: { ...queue, name } }, releaseOf(release)), 'queue.declare');
    expect(refused('é', '3.13')).toMatchObject({
      replyCode: 404,
      replyText: Buffer.from("NOT_FOUND - no queue 'é' in vhost '/'", 'latin1'),
    });
    expect(refused('€', '3.13')).toEqual({ replyCode: 541, replyText: 'INTERNAL_ERROR', classId: 0, methodId: 0 });
    for (const release of ['3.10', '3.11.28', '4']) expect(refused('é', release).replyText).toBe("NOT_FOUND - no queue 'é' in vhost '/'");
    expect(refused('é'.repeat(250), '3.13').replyText).toHaveLength(255);
  });

  it('has the scope of its code when a fault rule asks for it', () => {
    expect(failureOfCode(405, 'busy')).toEqual({ scope: 'channel', code: 405, text: 'RESOURCE_LOCKED - busy' });
    expect(failureOfCode(530, undefined)).toEqual({ scope: 'connection', code: 530, text: 'NOT_ALLOWED' });
    expect(failureOfCode(404.5, undefined)).toBeUndefined();
  });
});
