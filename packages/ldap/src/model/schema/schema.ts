import { description_cache_max_names, description_cache_name_max_characters, invented_types_max } from '../../limits.ts';
import { parseDn } from '../dn.ts';
import type { Value } from '../value.ts';
import { type AttributeDescription, AttributeType } from './attribute-type.ts';
import { type AttributeTypeDefinition, type ObjectClassDefinition, parseDefinitions, SchemaError } from './definition.ts';
import { matchingRule } from './matching-rule.ts';
import { ObjectClass } from './object-class.ts';
import { DIRECTORY_STRING_SYNTAX, DN_SYNTAX, NAME_AND_UID_SYNTAX, syntaxOf } from './syntax.ts';

/** Why a name is no attribute description; see `session/errors.ts` for slapd's words. */
export type DescriptionProblem = 'undefined' | 'inappropriateCharacters' | 'unrecognizedOption' | 'binaryNotSupported';

/** A keystring or an OID (RFC 4512 §1.4). */
const NAME = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)*)$/;

/** The attribute types and object classes of a directory. */
export class Schema {
  /** Unknown attributes and classes are allowed, and values are not checked. */
  readonly lenient: boolean;
  readonly #types = new Map<string, AttributeType>();
  readonly #classes = new Map<string, ObjectClass>();
  readonly #descriptions = new Map<string, AttributeDescription>();
  #invented = 0;

  /** Throws a {@link SchemaError}. */
  constructor(texts: readonly string[], lenient = false) {
    this.lenient = lenient;
    for (const definition of texts.flatMap(parseDefinitions)) {
      if (definition.is === 'attributetype') this.#addType(definition);
      else this.#addClass(definition);
    }
  }

  get attributeTypes(): readonly AttributeType[] {
    return [...new Set(this.#types.values())];
  }

  get objectClasses(): readonly ObjectClass[] {
    return [...new Set(this.#classes.values())];
  }

  /** By any of its names or its OID, without regard to case. Not those that the lenient mode made up. */
  knownType(name: string): AttributeType | undefined {
    return this.#types.get(name.toLowerCase());
  }

  objectClass(name: string): ObjectClass | undefined {
    return this.#classes.get(name.toLowerCase());
  }

  /** An attribute type with options, as a client spells it. */
  describe(text: string): AttributeDescription | DescriptionProblem {
    const cached = this.#descriptions.get(text);
    if (cached !== undefined) return cached;
    const description = this.#describe(text);
    if (typeof description === 'string' || text.length > description_cache_name_max_characters) return description;
    if (this.#descriptions.size >= description_cache_max_names) this.#descriptions.clear();
    this.#descriptions.set(text, description);
    return description;
  }

  /** The description, or nothing if there is no such attribute. */
  find(text: string): AttributeDescription | undefined {
    const description = this.describe(text);
    return typeof description === 'string' ? undefined : description;
  }

  /** Whether the syntax of `type` admits `value`, the names within it included. */
  validate(type: AttributeType, value: Value): boolean {
    if (this.lenient) return true;
    if (!type.syntax.admits(value)) return false;
    const { oid } = type.syntax;
    if (oid === DN_SYNTAX) return typeof value === 'string' && parseDn(value, this) !== undefined;
    if (oid === NAME_AND_UID_SYNTAX) return type.equality?.key(value, this) !== undefined;
    return type.name !== 'objectClass' || (typeof value === 'string' && this.objectClass(value) !== undefined);
  }

  /** How the server stores a value: names within it in its own spelling. */
  pretty(type: AttributeType, value: Value): Value {
    return type.syntax.oid === DN_SYNTAX && typeof value === 'string' ? (parseDn(value, this)?.text ?? value) : value;
  }

  #describe(text: string): AttributeDescription | DescriptionProblem {
    const [name = '', ...rest] = text.split(';');
    if (!NAME.test(name)) return 'inappropriateCharacters';
    const type = this.#types.get(name.toLowerCase()) ?? (this.lenient ? this.#invent(name) : undefined);
    if (type === undefined) return 'undefined';
    const options = [...new Set(rest.map((option) => option.toLowerCase()))].sort();
    for (const option of options) {
      if (!/^[a-z0-9-]+$/.test(option)) return 'inappropriateCharacters';
      if (option === 'binary') {
        if (!type.syntax.binaryTransfer) return 'binaryNotSupported';
      } else if (!option.startsWith('lang-') && !this.lenient) return 'unrecognizedOption';
    }
    const canonical = [type.name, ...options].join(';');
    return { type, options, name: canonical, key: canonical.toLowerCase() };
  }

  /** RFC 4512 has no such thing; the fake directories that this mode replaces took any name. */
  #invent(name: string): AttributeType | undefined {
    if (this.#invented >= invented_types_max) return undefined;
    this.#invented += 1;
    const text = `( ${name}-oid NAME '${name}' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX ${DIRECTORY_STRING_SYNTAX} )`;
    const [definition] = parseDefinitions(`attributetype ${text}`);
    if (definition?.is !== 'attributetype') return undefined;
    this.#addType(definition);
    return this.#types.get(name.toLowerCase());
  }

  #addType(definition: AttributeTypeDefinition): void {
    const sup = definition.sup === undefined ? undefined : this.#types.get(definition.sup.toLowerCase());
    if (definition.sup !== undefined && sup === undefined) throw new SchemaError(`${definition.text}: no attribute type ${definition.sup}`);
    const type = new AttributeType(definition, sup, {
      equality: definition.equality === undefined ? sup?.equality : matchingRule(definition.equality),
      ordering: definition.ordering === undefined ? sup?.ordering : matchingRule(definition.ordering),
      substrings: definition.substrings === undefined ? sup?.substrings : matchingRule(definition.substrings),
      syntax: definition.syntax === undefined ? (sup?.syntax ?? syntaxOf(DIRECTORY_STRING_SYNTAX)) : syntaxOf(definition.syntax),
    });
    for (const name of [type.oid, ...type.names]) this.#types.set(name.toLowerCase(), type);
  }

  #addClass(definition: ObjectClassDefinition): void {
    const sups = definition.sup.map((name) => {
      const sup = this.#classes.get(name.toLowerCase());
      if (sup === undefined) throw new SchemaError(`${definition.text}: no object class ${name}`);
      return sup;
    });
    const objectClass = new ObjectClass(definition, sups);
    for (const name of [objectClass.oid, ...objectClass.names]) this.#classes.set(name.toLowerCase(), objectClass);
  }
}
