/**
 * What a hypervisor has to say when it refuses, in its own terms. A protocol turns these into its codes.
 */
export type ConditionKind =
  /** No domain has this name, UUID or id. */
  | 'domain-not-found'
  /** Not in the state that the operation needs. */
  | 'operation-invalid'
  /** Against what is there already: a name or UUID that is taken. */
  | 'operation-failed'
  /** The document is well-formed and says something impossible. */
  | 'xml-invalid'
  /** The document is not XML. */
  | 'xml-malformed'
  /** The host can't do what the document asks for. */
  | 'configuration-unsupported'
  /** A document without a name. */
  | 'name-missing'
  /** A device without a target. */
  | 'target-missing'
  /** A parameter makes no sense. */
  | 'argument-invalid'
  /** The hypervisor could, but not for this domain. */
  | 'argument-unsupported'
  /** No such title, description or metadata. */
  | 'metadata-not-found'
  /** Something on the host is not there: a binary. */
  | 'host-error'
  /** The host can't store a domain of this name. */
  | 'name-too-long'
  /** The hypervisor did not expect this. */
  | 'internal';

/** Which part noticed: the driver at work, the reading of a definition or of any document, or the host. */
export type ConditionOrigin = 'driver' | 'definition' | 'document' | 'host';

export class HypervisorError extends Error {
  override readonly name = 'HypervisorError';
  readonly kind: ConditionKind;
  readonly origin: ConditionOrigin;

  constructor(kind: ConditionKind, origin: ConditionOrigin, detail = '') {
    super(detail);
    this.kind = kind;
    this.origin = origin;
  }
}

export function notRunning(origin: ConditionOrigin = 'definition'): HypervisorError {
  return new HypervisorError('operation-invalid', origin, 'domain is not running');
}
