// remote_protocol.x: the table of calls, with static types for those who answer them.
import { messages } from './messages.ts';
import { procedureNames } from './procedure-names.ts';
import { connectProcedures } from './procedures-connect.ts';
import { domainProcedures } from './procedures-domain.ts';
import { objectProcedures } from './procedures-objects.ts';
import { compileFields, type Fields, type StructOf } from './schema.ts';
import type { Xdr } from './xdr.ts';

type Calls = typeof connectProcedures & typeof domainProcedures & typeof objectProcedures;

export type CallName = keyof Calls;
export type Arguments<N extends CallName> = StructOf<Calls[N]['args']>;
/** Nothing where the reply is empty. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a result is a function that returns nothing
export type Result<N extends CallName> = keyof Calls[N]['ret'] extends never ? void : StructOf<Calls[N]['ret']>;

export type MessageName = keyof typeof messages;
export type MessageOf<N extends MessageName> = StructOf<(typeof messages)[N]>;

/** The codec of one call. */
export interface CallCodec {
  readonly args: Xdr<unknown>;
  readonly ret: Xdr<unknown>;
}

const tables: Readonly<Record<string, { readonly args: Fields; readonly ret: Fields }>> = {
  ...connectProcedures,
  ...domainProcedures,
  ...objectProcedures,
};
const codecs = new Map<string, CallCodec>();
const messageCodecs = new Map<string, Xdr<unknown>>();
const numbers = new Map(procedureNames.flatMap((entry) => (entry === undefined ? [] : [[entry.name, entry.number]])));

/** Made at the first use: most connections use a dozen of the calls. */
export function callCodec(name: string): CallCodec | undefined {
  const known = codecs.get(name);
  if (known !== undefined) return known;
  const table = tables[name];
  if (table === undefined) return undefined;
  const codec = { args: compileFields(table.args), ret: compileFields(table.ret) };
  codecs.set(name, codec);
  return codec;
}

export function messageCodec<N extends MessageName>(name: N): Xdr<MessageOf<N>>;
export function messageCodec(name: MessageName): Xdr<unknown> {
  const known = messageCodecs.get(name);
  if (known !== undefined) return known;
  const codec = compileFields(messages[name]);
  messageCodecs.set(name, codec);
  return codec;
}

export function procedureNumber(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no such procedure: ${name}`);
  return number;
}
