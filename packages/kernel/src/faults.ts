import { glob } from './glob.ts';
import { type Attributes, type AttributeValue, attributesOf } from './journal.ts';
import { fault_rules_max } from './limits.ts';
import type { Random } from './random.ts';

/** What happens instead of, or before, the operation. */
export type FaultAction =
  /**
   * The operation happens after so many milliseconds of the world's clock. The connection's input waits, and what the
   * client is told waits for what it was to be told before.
   */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The protocol's own error. Without a code, the emulator's default ("internal error"). */
  | { readonly kind: 'error'; readonly code?: number | string | undefined; readonly text?: string | undefined }
  /** An orderly end of the connection, without a word of the protocol. */
  | { readonly kind: 'close' }
  /** A TCP reset. */
  | { readonly kind: 'reset' }
  /** The operation does not happen and nobody is told. */
  | { readonly kind: 'swallow' }
  /** The operation happens; some bytes of what is next written to the client are flipped. */
  | { readonly kind: 'corrupt' }
  /**
   * An action of the emulator's own before the operation: one of its `fault_actions` (crash this domain) or of its
   * control operations (`alarm.raise`).
   */
  | { readonly kind: 'custom'; readonly name: string; readonly parameters?: Attributes };

/** Which of the matching occurrences fire. Everything given must hold; nothing given means all. */
export interface Occurrences {
  /** Only the nth, counting from 1. */
  readonly nth?: number | undefined;
  /** The first n. */
  readonly first?: number | undefined;
  /** Every nth. */
  readonly every?: number | undefined;
  /** 0 to 1, drawn from the world's generator. */
  readonly probability?: number | undefined;
}

export interface FaultRule {
  readonly emulator: string;
  /** An operation's name; `*` stands for any run of characters. */
  readonly operation: string;
  readonly direction?: 'in' | 'out' | undefined;
  /** Attributes that must be equal; `*` in a text stands for any run of characters. */
  readonly where?: Attributes | undefined;
  readonly occurrences?: Occurrences | undefined;
  readonly action: FaultAction;
}

export interface ArmedFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** How often an operation matched, and how often it then fired. */
  readonly matched: number;
  readonly fired: number;
}

export interface FaultSubject {
  readonly emulator: string;
  readonly operation: string;
  readonly direction: 'in' | 'out' | 'internal';
  readonly attributes: Attributes | (() => Attributes);
}

interface Armed {
  readonly id: number;
  readonly rule: FaultRule;
  /** The rule's patterns, ready for use. */
  readonly operation: (name: string) => boolean;
  readonly where: readonly (readonly [string, (actual: AttributeValue) => boolean])[];
  matched: number;
  fired: number;
}

/** The rules of a world. The first rule that fires decides. No rules: no cost. */
export class Faults {
  readonly #random: Random;
  readonly #switched = new Set<() => void>();
  #armed: Armed[] = [];
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get armed(): boolean {
    return this.#armed.length > 0;
  }

  /** What it returns goes on counting. */
  add(rule: FaultRule): ArmedFault {
    if (this.#armed.length >= fault_rules_max) throw new RangeError(`a world holds at most ${fault_rules_max} fault rules`);
    const where = Object.entries(rule.where ?? {}).map(([name, wanted]) => [name, matcher(wanted)] as const);
    const armed: Armed = { id: ++this.#lastId, rule, operation: glob(rule.operation), where, matched: 0, fired: 0 };
    this.#armed = [...this.#armed, armed];
    this.#tell();
    return armed;
  }

  remove(id: number): boolean {
    const before = this.#armed.length;
    this.#armed = this.#armed.filter((armed) => armed.id !== id);
    this.#tell();
    return this.#armed.length < before;
  }

  clear(): void {
    this.#armed = [];
    this.#tell();
  }

  list(): readonly ArmedFault[] {
    return this.#armed.map(({ id, rule, matched, fired }) => ({ id, rule, matched, fired }));
  }

  /** The action of the first rule that fires for `subject`. */
  strike(subject: FaultSubject): { readonly id: number; readonly action: FaultAction } | undefined {
    for (const armed of this.#armed) {
      if (!matches(armed, subject)) continue;
      armed.matched += 1;
      if (!this.#due(armed)) continue;
      armed.fired += 1;
      return { id: armed.id, action: armed.rule.action };
    }
    return undefined;
  }

  onSwitch(tell: () => void): void {
    this.#switched.add(tell);
  }

  #due(armed: Armed): boolean {
    const { nth, first, every, probability } = armed.rule.occurrences ?? {};
    if (nth !== undefined && armed.matched !== nth) return false;
    if (first !== undefined && armed.matched > first) return false;
    if (every !== undefined && armed.matched % every !== 0) return false;
    return probability === undefined || this.#random.float() < probability;
  }

  #tell(): void {
    for (const tell of this.#switched) tell();
  }
}

function matches(armed: Armed, subject: FaultSubject): boolean {
  const { rule } = armed;
  if (rule.emulator !== subject.emulator || !armed.operation(subject.operation)) return false;
  if (rule.direction !== undefined && rule.direction !== subject.direction) return false;
  if (armed.where.length === 0) return true;
  const attributes = attributesOf(subject);
  return armed.where.every(([name, matches]) => matches(attributes[name]));
}

/** Whoever writes a rule on a command line writes numbers and truths as texts. */
function matcher(wanted: AttributeValue): (actual: AttributeValue) => boolean {
  if (wanted === undefined) return (actual) => actual === undefined;
  const matches = typeof wanted === 'string' ? glob(wanted) : (text: string): boolean => text === String(wanted);
  return (actual) => actual !== undefined && matches(String(actual));
}
