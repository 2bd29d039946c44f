import type { ObjectClassDefinition } from './definition.ts';

/** RFC 4512 §2.4. */
export class ObjectClass {
  readonly oid: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: 'ABSTRACT' | 'STRUCTURAL' | 'AUXILIARY';
  readonly sups: readonly ObjectClass[];
  /** This class and everything above it. */
  readonly lineage: ReadonlySet<ObjectClass>;
  /** Names of attribute types, of this class alone. */
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly text: string;

  constructor(definition: ObjectClassDefinition, sups: readonly ObjectClass[]) {
    this.oid = definition.oid;
    this.name = definition.names[0] ?? definition.oid;
    this.names = definition.names;
    this.kind = definition.kind;
    this.sups = sups;
    this.lineage = new Set([this, ...sups.flatMap((sup) => [...sup.lineage])]);
    this.must = definition.must;
    this.may = definition.may;
    this.text = definition.text;
  }
}
