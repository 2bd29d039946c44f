// What the tests use of @ldapjs/messages and @ldapjs/filter, as a second opinion on our codec. They have no types of their own.

declare module '@ldapjs/messages' {
  interface Ber {
    readonly buffer: Buffer;
  }

  interface Message {
    toBer(): Ber;
  }

  type Constructor = new (options: Readonly<Record<string, unknown>>) => Message;

  interface Parsed {
    readonly messageId: number;
    readonly type: string;
    readonly pojo: Readonly<Record<string, unknown>>;
  }

  const messages: {
    readonly BindRequest: Constructor;
    readonly UnbindRequest: Constructor;
    readonly SearchRequest: Constructor;
    readonly AddRequest: Constructor;
    readonly DeleteRequest: Constructor;
    readonly CompareRequest: Constructor;
    readonly ModifyDnRequest: Constructor;
    readonly AbandonRequest: Constructor;
    readonly ExtensionRequest: Constructor;
    readonly LdapMessage: { parse(reader: unknown): Parsed };
  };
  export default messages;
}

declare module '@ldapjs/asn1' {
  const asn1: { readonly BerReader: new (bytes: Buffer) => unknown };
  export default asn1;
}

declare module '@ldapjs/filter' {
  interface Filter {
    toString(): string;
    toBer(): { readonly buffer: Buffer };
  }
  const filter: { parseString(text: string): Filter };
  export default filter;
}
