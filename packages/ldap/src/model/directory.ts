import { type Clock, DumpError, type Model, type ModelDump, type ModelSnapshot, type Random, type Version } from '@wirelike/kernel';
import { type AddOptions, addEntry } from './add.ts';
import { compareValue } from './compare.ts';
import { Condition, condition } from './condition.ts';
import { deleteEntry } from './delete.ts';
import { contains, type DirectoryState, findEntry, missing } from './directory-state.ts';
import { type Dn, parseDn } from './dn.ts';
import { readDump, writeDump } from './dump.ts';
import { type Entry, findAttribute } from './entry.ts';
import { EntryStore } from './entry-store.ts';
import { EVERYTHING } from './filter.ts';
import { parseFilter } from './filter-string.ts';
import { ANONYMOUS, type Identity } from './identity.ts';
import type { Change, GivenAttribute } from './modification.ts';
import { modifyEntry } from './modify.ts';
import { Stamps, SUBSCHEMA_DN } from './operational-attributes.ts';
import { passwordMatches } from './password.ts';
import { type Renaming, renameEntry } from './rename.ts';
import type { Schema } from './schema/schema.ts';
import { standardSchema } from './schema/standard.ts';
import { type Search, type SearchRequest, startSearch } from './search.ts';
import { rootDse, subschema } from './special-entries.ts';
import type { Value } from './value.ts';

export interface DirectoryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The naming context: everything is at it or below it. */
  readonly baseDn: string;
  /** May do everything; need not exist as an entry. */
  readonly adminDn: string;
  readonly adminPassword: string;
  /** The standard one unless said otherwise. */
  readonly schema?: Schema | undefined;
  /** What the root DSE says about the server in front: `supportedControl` and the like. */
  readonly features?: readonly GivenAttribute[] | undefined;
}

class DirectorySnapshot implements ModelSnapshot {
  readonly emulator = 'ldap';
  readonly version: Version<string, Entry>;
  readonly lastId: number;

  constructor(version: Version<string, Entry>, lastId: number) {
    this.version = version;
    this.lastId = lastId;
  }
}

/** Names that are no names: the options a directory is made with are wrong. */
export class DirectoryOptionsError extends Error {
  override readonly name = 'DirectoryOptionsError';
}

/** An LDAP directory: RFC 4511's operations on entries, without the protocol. Nothing in it throws on what clients send. */
export class Directory implements Model {
  readonly schema: Schema;
  readonly suffix: Dn;
  /** Whoever uses the directory in process acts as this one. */
  readonly administrator: Identity;
  readonly #state: DirectoryState;
  readonly #store: EntryStore;
  readonly #adminPassword: string;
  readonly #features: readonly GivenAttribute[];
  readonly #created: string;
  #rootDse: Entry | undefined;
  #subschema: Entry | undefined;
  #lastId = 0;

  constructor(options: DirectoryOptions) {
    this.schema = options.schema ?? standardSchema();
    this.suffix = nameOrThrow(options.baseDn, this.schema, 'base DN');
    const adminDn = nameOrThrow(options.adminDn, this.schema, 'administrator');
    const { clock, random } = options;
    this.administrator = { is: 'administrator', dn: adminDn.text };
    this.#adminPassword = options.adminPassword;
    this.#features = options.features ?? [];
    this.#store = new EntryStore(this.schema, this.suffix.key);
    const stamps = new Stamps();
    this.#created = stamps.next(clock.now(), '').time;
    this.#state = {
      schema: this.schema,
      store: this.#store,
      suffix: this.suffix,
      adminDn,
      stamps,
      now: () => clock.now(),
      uuid: () => random.uuid(),
      nextId: () => ++this.#lastId,
    };
  }

  /** How many entries there are. */
  get size(): number {
    return this.#store.size;
  }

  /** All entries, parents before their children. */
  entries(): readonly Entry[] {
    return this.#store.all();
  }

  entry(dn: string): Entry | undefined {
    const key = parseDn(dn, this.schema)?.key;
    return key === undefined ? undefined : this.#store.get(key);
  }

  /** RFC 4513 §5.1. Who the password belongs to. */
  bind(name: string, password: Value): Identity | Condition {
    const dn = parseDn(name, this.schema);
    if (dn === undefined) return condition('invalidName', { what: 'DN' });
    if (password.length === 0) return dn.key === '' ? ANONYMOUS : condition('passwordMissing', {});
    if (dn.key === this.#state.adminDn.key && passwordMatches(this.#adminPassword, password)) return { is: 'administrator', dn: dn.text };
    const stored = this.#store.get(dn.key);
    const passwords = stored === undefined ? [] : (findAttribute(stored, 'userpassword')?.values ?? []);
    if (!passwords.some((each) => passwordMatches(each, password))) return condition('invalidCredentials', {});
    return { is: 'entry', dn: dn.text, key: dn.key };
  }

  add(
    name: string,
    attributes: readonly GivenAttribute[],
    identity: Identity = this.administrator,
    options: AddOptions = {},
  ): Condition | undefined {
    return addEntry(this.#state, identity, name, attributes, options);
  }

  modify(name: string, changes: readonly Change[], identity: Identity = this.administrator): Condition | undefined {
    return modifyEntry(this.#state, identity, name, changes);
  }

  delete(name: string, identity: Identity = this.administrator): Condition | undefined {
    return deleteEntry(this.#state, identity, name);
  }

  rename(name: string, renaming: Renaming, identity: Identity = this.administrator): Condition | undefined {
    return renameEntry(this.#state, identity, name, renaming);
  }

  compare(name: string, attribute: string, value: Value, identity: Identity = this.administrator): boolean | Condition {
    const dn = parseDn(name, this.schema);
    if (dn === undefined) return condition('invalidName', { what: 'DN' });
    const special = this.#special(dn.key);
    const entry = special ?? (contains(this.#state, dn.key) ? findEntry(this.#state, dn.key) : missing(this.#state, ''));
    if (entry instanceof Condition) return entry;
    return compareValue(entry, identity, attribute, value, {
      schema: this.schema,
      hasSubordinates: (each) => this.#store.hasChildren(each.key),
    });
  }

  search(request: SearchRequest, identity: Identity = this.administrator): Search | Condition {
    return startSearch(this.#state, identity, request, (key) => this.#special(key));
  }

  /** The entries that match, in process. Throws a `FilterStringError` if the filter is none. */
  find(filter?: string, base: string = this.suffix.text): readonly Entry[] {
    const search = this.search({ base, scope: 'sub', filter: filter === undefined ? EVERYTHING : parseFilter(filter), attributes: [] });
    return search instanceof Condition ? [] : search.candidates.filter((entry) => search.matches(entry) === true);
  }

  snapshot(): DirectorySnapshot {
    return new DirectorySnapshot(this.#store.mark(), this.#lastId);
  }

  restore(snapshot: ModelSnapshot): void {
    if (!(snapshot instanceof DirectorySnapshot) || !this.#store.restore(snapshot.version)) {
      throw new Error('not a snapshot of this directory');
    }
    this.#lastId = snapshot.lastId;
  }

  reset(): void {
    this.#store.reset();
    this.#lastId = 0;
  }

  dump(): ModelDump {
    return writeDump(this.entries(), this.#lastId);
  }

  /** Entries are taken as they are: what a later schema forbids stays. Throws a `DumpError`. */
  load(dump: ModelDump): void {
    const { entries, lastId } = readDump(dump, this.schema);
    const outside = entries.find((entry) => !contains(this.#state, entry.key));
    if (outside !== undefined) throw new DumpError(`${outside.dn} is not below ${this.suffix.text}`);
    this.#store.clear();
    for (const entry of entries) this.#store.set(entry.key, entry);
    this.#lastId = lastId;
  }

  #special(key: string): Entry | undefined {
    if (key === '') {
      this.#rootDse ??= rootDse(this.#state, this.#features);
      return this.#rootDse;
    }
    if (key !== SUBSCHEMA_DN.toLowerCase()) return undefined;
    this.#subschema ??= subschema(this.#state, this.#created);
    return this.#subschema;
  }
}

function nameOrThrow(text: string, schema: Schema, what: string): Dn {
  const dn = parseDn(text, schema);
  if (dn === undefined || dn.key === '') throw new DirectoryOptionsError(`the ${what} is not a distinguished name: ${text}`);
  return dn;
}
