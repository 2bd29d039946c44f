import type { AttributeTypeDefinition, Usage } from './definition.ts';
import type { MatchingRule } from './matching-rule.ts';
import type { Syntax } from './syntax.ts';

/** RFC 4512 §2.5.1. What a type leaves out it has from its supertype. */
export class AttributeType {
  readonly oid: string;
  /** The first of {@link names}: how the server spells it. */
  readonly name: string;
  readonly names: readonly string[];
  readonly sup: AttributeType | undefined;
  /** This type and everything above it. */
  readonly lineage: ReadonlySet<AttributeType>;
  readonly equality: MatchingRule | undefined;
  readonly ordering: MatchingRule | undefined;
  readonly substrings: MatchingRule | undefined;
  readonly syntax: Syntax;
  readonly singleValue: boolean;
  readonly noUserModification: boolean;
  readonly usage: Usage;
  readonly text: string;

  constructor(
    definition: AttributeTypeDefinition,
    sup: AttributeType | undefined,
    rules: Pick<AttributeType, 'equality' | 'ordering' | 'substrings' | 'syntax'>,
  ) {
    this.oid = definition.oid;
    this.name = definition.names[0] ?? definition.oid;
    this.names = definition.names;
    this.sup = sup;
    this.lineage = new Set([this, ...(sup?.lineage ?? [])]);
    this.equality = rules.equality;
    this.ordering = rules.ordering;
    this.substrings = rules.substrings;
    this.syntax = rules.syntax;
    this.singleValue = definition.singleValue;
    this.noUserModification = definition.noUserModification;
    this.usage = definition.usage;
    this.text = definition.text;
  }

  /** Returned only to those who ask (RFC 4512 §3.4). */
  get operational(): boolean {
    return this.usage !== 'userApplications';
  }
}

/** An attribute type with options: `description;lang-de` (RFC 4512 §2.5). */
export interface AttributeDescription {
  readonly type: AttributeType;
  /** In lower case, sorted. */
  readonly options: readonly string[];
  /** As the server spells it. */
  readonly name: string;
  /** The same for all spellings of a description. */
  readonly key: string;
}

/** Whether an attribute described by `actual` is among those that `wanted` means: subtypes and further options are. */
export function includes(wanted: AttributeDescription, actual: AttributeDescription): boolean {
  const { type } = actual;
  // Asked of every attribute of every entry that a search reads: most types have nothing above them.
  if (type !== wanted.type && (type.sup === undefined || !type.lineage.has(wanted.type))) return false;
  if (wanted.options.length === 0) return true;
  return wanted.options.every(
    (option) => actual.options.includes(option) || (option.endsWith('-') && actual.options.some((each) => each.startsWith(option))),
  );
}
