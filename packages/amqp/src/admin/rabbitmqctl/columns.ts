import type { Broker } from '../../model/index.ts';
import type { JsonObject } from '../json.ts';
import { CtlFailure, type Table } from './command.ts';

/** The columns that were asked for, or the usual ones. Several may stand in one word: `name,messages`. */
export function selected(words: readonly string[], usual: readonly string[], known: readonly string[], rows: readonly JsonObject[]): Table {
  const asked = words.flatMap((text) => text.split(/[,\s]+/)).filter((name) => name !== '');
  const unknown = asked.filter((name) => !known.includes(name)).sort();
  if (unknown.length > 0) throw CtlFailure.invalid(`Info key(s) ${unknown.join(',')} are not supported`);
  return { columns: asked.length === 0 ? usual : [...new Set(asked)], rows };
}

const pids = new WeakMap<object, string>();
/** How many each broker has given out: what one prints does not depend on those beside it. */
const counts = new WeakMap<Broker, number>();

/** What stands for Erlang's process identifier of a connection, a channel or a queue. */
export function pidOf(broker: Broker, subject: object): string {
  let pid = pids.get(subject);
  if (pid === undefined) {
    const number = (counts.get(broker) ?? 0) + 1;
    counts.set(broker, number);
    pid = `<${broker.nodeName}.1.${number}.0>`;
    pids.set(subject, pid);
  }
  return pid;
}
