/** Who asks (RFC 4513 §5). */
export type Identity =
  | { readonly is: 'anonymous' }
  /** slapd's rootdn: no rule and no limit applies. */
  | { readonly is: 'administrator'; readonly dn: string }
  | { readonly is: 'entry'; readonly dn: string; readonly key: string };

export const ANONYMOUS: Identity = { is: 'anonymous' };

/** The distinguished name, as whoami shows it (RFC 4532). Empty for anonymous. */
export function nameOf(identity: Identity): string {
  return identity.is === 'anonymous' ? '' : identity.dn;
}
