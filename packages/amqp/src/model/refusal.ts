import type { Condition } from './condition.ts';

/** The broker refuses an operation. Nothing was changed by it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly condition: Condition;

  constructor(condition: Condition) {
    super(describe(condition));
    this.condition = condition;
  }
}

/** For people who use the broker in process; clients get the text of the session's table. */
function describe(condition: Condition): string {
  const { kind, ...details } = condition;
  return `${kind} ${JSON.stringify(details, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}`;
}

export function refuse(condition: Condition): never {
  throw new Refusal(condition);
}
