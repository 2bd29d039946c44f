import type { Condition } from './condition.ts';
import { expiry_max_milliseconds } from './limits.ts';
import type { MessageHeader } from './message.ts';

/** Milliseconds, of an expiration that {@link checkExpiration} found right. */
export function expirationOf(header: MessageHeader): number | undefined {
  return header.expiration === undefined ? undefined : Number(header.expiration);
}

/** As receivers get it since 3.13: the number that it is, without a sign or zeros before it (mc_amqpl:protocol_state/2). */
export function plainExpiration(value: string): string {
  return /^(?:0|[1-9]\d*)$/.test(value) ? value : String(BigInt(value.replace('+', '')));
}

/** As Erlang's string:to_integer/1 reads it: a sign, digits, and nothing after them (rabbit_basic:parse_expiration/1). */
export function checkExpiration(value: string): Condition | undefined {
  const parts = /^([+-]?\d+)([\s\S]*)$/.exec(value);
  const [, digits, leftover] = parts ?? [];
  if (digits === undefined) return { kind: 'invalid-expiration', value, fault: { fault: 'no_integer' } };
  if (leftover !== undefined && leftover !== '')
    return { kind: 'invalid-expiration', value, fault: { fault: 'leftover_string', leftover } };
  // Erlang's integers have no end, and the text shows them whole.
  const milliseconds = BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
  if (milliseconds < 0) return { kind: 'invalid-expiration', value, fault: { fault: 'value_negative', value: milliseconds } };
  if (milliseconds > expiry_max_milliseconds) {
    return { kind: 'invalid-expiration', value, fault: { fault: 'value_too_large', value: milliseconds } };
  }
  return undefined;
}
