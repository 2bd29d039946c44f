import type { JournalEvent } from '@wirelike/kernel';

/** A journal event as JSON has it: attributes formatted, 64-bit numbers exact. */
export interface JsonEvent {
  readonly sequence: number;
  readonly time: number;
  readonly emulator: string;
  readonly connection: number;
  readonly direction: string;
  readonly operation: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly outcome?: { readonly code?: number | string; readonly text?: string };
}

export function jsonEvent(event: JournalEvent): JsonEvent {
  const attributes: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(event.attributes)) {
    if (value !== undefined) attributes[name] = typeof value === 'bigint' ? exact(value) : value;
  }
  const { sequence, time, emulator, connection, direction, operation, outcome } = event;
  const told = outcome === undefined || (outcome.code === undefined && outcome.text === undefined) ? undefined : outcome;
  return {
    ...{ sequence, time, emulator, connection, direction, operation, attributes },
    ...(told === undefined
      ? {}
      : { outcome: { ...(told.code === undefined ? {} : { code: told.code }), ...(told.text === undefined ? {} : { text: told.text }) } }),
  };
}

/** What any operation returned, as plain JSON. */
export function jsonOf(value: unknown): unknown {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? exact(part) : part));
  return text === undefined ? null : JSON.parse(text);
}

/** JSON readers lose digits beyond 2^53: longer numbers travel as text. */
function exact(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}
