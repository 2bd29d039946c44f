import type { JournalEvent } from '@wirelike/client';

const ARROWS: Readonly<Record<string, string>> = { in: '→', out: '←', internal: '·' };
const VALUE_MAX_CHARACTERS = 120;

/** `12:00:01.250 amqp    #3 → basic.publish exchange=orders routing_key=eu  404 NOT_FOUND …` */
export function formatEvent(event: JournalEvent): string {
  const time = new Date(event.time).toISOString().slice(11, 23);
  const connection = event.connection === 0 ? '' : `#${event.connection}`;
  const attributes = Object.entries(event.attributes).map(([name, value]) => `${name}=${printable(value)}`);
  const outcome = event.outcome === undefined ? [] : ['⇒', String(event.outcome.code ?? 'error'), printable(event.outcome.text ?? '')];
  const what = [ARROWS[event.direction] ?? event.direction, event.operation, ...attributes, ...outcome].filter((part) => part !== '');
  return `${time} ${event.emulator.padEnd(7)} ${connection.padStart(4)} ${what.join(' ')}`;
}

/** On one line, whatever a client put into it. */
function printable(value: string | number | boolean): string {
  const text = String(value);
  const short = text.length > VALUE_MAX_CHARACTERS ? `${text.slice(0, VALUE_MAX_CHARACTERS)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would reach the terminal
  return /[\s"\u0000-\u001f\u007f-\u009f]/.test(short) ? JSON.stringify(short).replace(/[\u007f-\u009f]/g, '?') : short;
}
