// The @ldapjs packages have no types of their own. Only what we use is declared, as it is.

declare module '@ldapjs/protocol' {
  interface Protocol {
    readonly operations: {
      readonly LDAP_REQ_BIND: number;
      readonly LDAP_REQ_UNBIND: number;
      readonly LDAP_REQ_SEARCH: number;
      readonly LDAP_REQ_MODIFY: number;
      readonly LDAP_REQ_ADD: number;
      readonly LDAP_REQ_DELETE: number;
      readonly LDAP_REQ_MODRDN: number;
      readonly LDAP_REQ_COMPARE: number;
      readonly LDAP_REQ_ABANDON: number;
      readonly LDAP_REQ_EXTENSION: number;
      readonly LDAP_RES_BIND: number;
      readonly LDAP_RES_SEARCH_ENTRY: number;
      readonly LDAP_RES_SEARCH_DONE: number;
      readonly LDAP_RES_MODIFY: number;
      readonly LDAP_RES_ADD: number;
      readonly LDAP_RES_DELETE: number;
      readonly LDAP_RES_MODRDN: number;
      readonly LDAP_RES_COMPARE: number;
      readonly LDAP_RES_EXTENSION: number;
    };
    readonly search: {
      readonly FILTER_AND: number;
      readonly FILTER_OR: number;
      readonly FILTER_NOT: number;
      readonly FILTER_EQUALITY: number;
      readonly FILTER_SUBSTRINGS: number;
      readonly FILTER_GE: number;
      readonly FILTER_LE: number;
      readonly FILTER_PRESENT: number;
      readonly FILTER_APPROX: number;
      readonly FILTER_EXT: number;
    };
    readonly core: { readonly LDAP_VERSION_3: number; readonly LBER_SET: number; readonly LDAP_CONTROLS: number };
    /** `NO_SUCH_OBJECT: 32` */
    readonly resultCodes: Readonly<Record<string, number>>;
    resultCodeToName(code: number): string | undefined;
  }
  const protocol: Protocol;
  export default protocol;
}
