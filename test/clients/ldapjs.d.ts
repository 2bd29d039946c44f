// ldapjs has no types of its own. What the client tests use of it.
declare module 'ldapjs' {
  import type { EventEmitter } from 'node:events';

  type Done<T> = (error: Error | null, result?: T) => void;

  interface SearchResponse extends EventEmitter {
    on(event: 'searchEntry', listener: (entry: { readonly objectName: { toString(): string } }) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'end', listener: () => void): this;
  }

  interface Client {
    bind(dn: string, password: string, done: Done<unknown>): void;
    add(dn: string, attributes: Readonly<Record<string, string | readonly string[]>>, done: Done<unknown>): void;
    modify(dn: string, change: Change, done: Done<unknown>): void;
    compare(dn: string, attribute: string, value: string, done: Done<boolean>): void;
    del(dn: string, done: Done<unknown>): void;
    search(
      base: string,
      options: { readonly scope: 'base' | 'one' | 'sub'; readonly filter: string; readonly paged?: boolean },
      started: (error: Error | null, response: SearchResponse) => void,
    ): void;
    destroy(): void;
  }

  class Attribute {
    constructor(options: { readonly type: string; readonly values: readonly string[] });
  }

  class Change {
    constructor(options: { readonly operation: 'add' | 'delete' | 'replace'; readonly modification: Attribute });
  }

  const ldapjs: {
    createClient(options: { readonly url: readonly string[] }): Client;
    readonly Attribute: typeof Attribute;
    readonly Change: typeof Change;
  };
  export default ldapjs;
}
