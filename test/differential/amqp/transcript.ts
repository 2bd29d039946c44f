import { createHash } from 'node:crypto';
import type { Field, Table } from './codec/fields.ts';
import type { Argument, Arguments, Value } from './codec/frames.ts';
import { methodNamed } from './codec/methods.ts';
import type { Received } from './inbox.ts';

const body_shown_max_bytes = 48;

/** Names that a server makes up, in the order in which they were first seen. */
const generated: readonly (readonly [string, RegExp])[] = [
  ['amq.gen', /amq\.gen-[A-Za-z0-9_-]{22}/g],
  ['amq.ctag', /amq\.ctag-[A-Za-z0-9_-]{22}/g],
  ['amq.rabbitmq.reply-to', /amq\.rabbitmq\.reply-to\.[A-Za-z0-9+/=_-]+\.[A-Za-z0-9+/=_-]+/g],
];

/** What a client saw, one line per event, with everything masked that differs between two runs. */
export class Transcript {
  readonly #lines: string[] = [];
  readonly #masks = new Map<string, string>();
  readonly #run: string;

  /** `run` is the part of the scenario's names that makes them unique. */
  constructor(run: string) {
    this.#run = run;
  }

  add(line: string): void {
    this.#lines.push(this.#mask(line));
  }

  toString(): string {
    return this.#lines.join('\n');
  }

  #mask(line: string): string {
    let masked = line
      .replaceAll(this.#run, '')
      .replace(/cluster_name="[^"]*"/, 'cluster_name=…')
      // Every release runs on several releases of Erlang.
      .replace(/platform="Erlang\/OTP [^"]*"/, 'platform=…')
      // RabbitMQ 4 names AMQP 1.0 to who speaks nothing it knows. wirelike does not speak that, and on purpose names 0-9-1.
      .replace('protocol-header bytes=<414d515003010000>', 'protocol-header bytes=<414d515000000901>')
      // RabbitMQ 4.0 says the node's name where it means the user's.
      .replace(/(for user ')[^'@]+@[^']+'/, "$1(node)'")
      // In traced messages.
      .replace(/\b(node|connection)="[^"]*"/g, '$1=…')
      // Which of two processes closes the connections of a deleted vhost is a race.
      .replace(/(CONNECTION_FORCED - vhost '[^']*') is down/, '$1 is deleted')
      // RabbitMQ's order of mechanisms differs from node to node.
      .replace(/mechanisms="([^"]*)"/, (_, names: string) => `mechanisms=${names.split(' ').sort().join(',')}`);
    for (const [prefix, pattern] of generated) {
      masked = masked.replace(pattern, (name) => {
        let mask = this.#masks.get(name);
        if (mask === undefined) {
          mask = `${prefix}-#${this.#masks.size + 1}`;
          this.#masks.set(name, mask);
        }
        return mask;
      });
    }
    return masked;
  }
}

export function showBytes(bytes: Uint8Array): string {
  if (bytes.length > body_shown_max_bytes) {
    return `<${bytes.length} bytes ${createHash('sha1').update(bytes).digest('hex').slice(0, 8)}>`;
  }
  const text = Buffer.from(bytes).toString();
  const isText = Buffer.from(text).equals(bytes) && bytes.every((octet) => octet >= 0x20);
  return isText ? JSON.stringify(text) : `<${Buffer.from(bytes).toString('hex')}>`;
}

function showField(field: Field, key = ''): string {
  switch (field.type) {
    case 'S':
      return showBytes(field.value);
    case 'x':
      return `x:${showBytes(field.value)}`;
    case 'F':
      return showTable(field.value);
    case 'A':
      return `[${field.value.map((each) => showField(each)).join(', ')}]`;
    case 'V':
      return 'V';
    case 'T':
      // The time of an x-death entry.
      return key === 'time' ? 'T:now' : `T:${field.value}`;
    case 'D':
      return `D:${field.value.join('/')}`;
    default:
      return `${field.type}:${field.value}`;
  }
}

export function showTable(entries: Table): string {
  return `{${entries.map(([key, value]) => `${key}=${showField(value, key)}`).join(', ')}}`;
}

function isTable(value: Value): value is Table {
  return Array.isArray(value);
}

function showValue(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return showBytes(value);
  if (isTable(value)) return showTable(value);
  return String(value);
}

export function showReceived(event: Received): string {
  if (event.name === 'end') return '(the connection ended)';
  const args = event.args.map(([name, value]) => `${name}=${showValue(value)}`);
  if (event.body !== undefined) {
    args.push(...(event.properties ?? []).map(([name, value]) => `${name}=${showValue(value)}`));
    args.push(`body=${showBytes(event.body)}`);
    if (event.frames !== undefined && event.frames.length > 1) args.push(`frames=${event.frames.join('+')}`);
  }
  return [event.name, ...args].join(' ');
}

function showArgument(value: Argument): string {
  if (value instanceof Uint8Array) return showBytes(value);
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
}

export function showSent(name: string, args: Arguments): string {
  const given = methodNamed(name).args.flatMap(([label]) => {
    const value = args[label];
    return value === undefined || value === false || value === '' ? [] : [`${label}=${showArgument(value)}`];
  });
  return [name, ...given].join(' ');
}
