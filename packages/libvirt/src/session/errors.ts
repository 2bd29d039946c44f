// virterror.h, virerror.c: the codes, origins and texts of libvirt's errors. No other file knows them.

import type { ConditionKind, ConditionOrigin, HypervisorError } from '../model/conditions.ts';
import type { StructOf } from '../wire/schema.ts';
import type { structs } from '../wire/structs.ts';

/** virNetMessageError as it goes over the wire. */
export type Failure = StructOf<(typeof structs)['error']>;

/** virErrorNumber, with the text that goes before the detail (virErrorMsgStrings). */
const codes = {
  INTERNAL_ERROR: [1, 'internal error: %s'],
  NO_SUPPORT: [3, 'this function is not supported by the connection driver: %s'],
  NO_CONNECT: [5, 'no connection driver available for %s'],
  INVALID_ARG: [8, 'invalid argument: %s'],
  OPERATION_FAILED: [9, 'operation failed: %s'],
  NO_TARGET: [20, 'missing target information for device %s'],
  NO_NAME: [21, 'missing name information in %s'],
  XML_ERROR: [27, 'XML error: %s'],
  OPERATION_DENIED: [29, 'operation forbidden: %s'],
  XML_DETAIL: [35, '%s'],
  SYSTEM_ERROR: [38, '%s'],
  RPC: [39, '%s'],
  NO_DOMAIN: [42, 'Domain not found: %s'],
  OPERATION_INVALID: [55, 'Requested operation is not valid: %s'],
  CONFIG_UNSUPPORTED: [67, 'unsupported configuration: %s'],
  ARGUMENT_UNSUPPORTED: [74, 'argument unsupported: %s'],
  NO_DOMAIN_METADATA: [80, 'metadata not found: %s'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** What is said where there is no detail. */
const bare: Partial<Readonly<Record<CodeName, string>>> = {
  NO_TARGET: 'missing target information for device',
  NO_NAME: 'missing name information',
};

type CodeName = keyof typeof codes;

/** virErrorDomain: which part of libvirt speaks. */
const FROM_NONE = 0;
const FROM_XML = 5;
const FROM_RPC = 7;
const FROM_QEMU = 10;
const FROM_STORAGE = 18;
const FROM_NETWORK = 19;
const FROM_DOMAIN = 20;
const FROM_NODEDEV = 22;
const FROM_INTERFACE = 26;
const FROM_SECRET = 29;
const FROM_NWFILTER = 33;
const FROM_DOMAIN_SNAPSHOT = 35;
const FROM_URI = 45;
const FROM_DOMAIN_CHECKPOINT = 69;

/** virErrorLevel: VIR_ERR_ERROR. */
const LEVEL_ERROR = 2;

/** errno's ENOENT, which goes with a system error. */
const ENOENT = 2;
const ENAMETOOLONG = 36;

function failure(name: CodeName, domain: number, detail: string | undefined, int1 = -1): Failure {
  const [code, format] = codes[name];
  const said = detail === undefined ? (bare[name] ?? name) : format.replace('%s', () => detail);
  return {
    code,
    domain,
    message: said,
    level: LEVEL_ERROR,
    dom: undefined,
    str1: detail === undefined ? said : format,
    str2: detail,
    str3: undefined,
    int1,
    int2: -1,
    net: undefined,
  };
}

/** virReportInvalidArg and virCheckFlags: the whole text, the function and the parameter apart. */
function invalidArgument(domain: number, message: string, functionName: string, argument: string): Failure {
  return { ...failure('INVALID_ARG', domain, message), message, str1: functionName, str2: argument, int1: 0, int2: 0 };
}

const conditionCodes: Readonly<Record<ConditionKind, CodeName>> = {
  'domain-not-found': 'NO_DOMAIN',
  'operation-invalid': 'OPERATION_INVALID',
  'operation-failed': 'OPERATION_FAILED',
  'xml-invalid': 'XML_ERROR',
  'xml-malformed': 'XML_DETAIL',
  'configuration-unsupported': 'CONFIG_UNSUPPORTED',
  'name-missing': 'NO_NAME',
  'target-missing': 'NO_TARGET',
  'argument-invalid': 'INVALID_ARG',
  'argument-unsupported': 'ARGUMENT_UNSUPPORTED',
  'metadata-not-found': 'NO_DOMAIN_METADATA',
  'host-error': 'SYSTEM_ERROR',
  'name-too-long': 'SYSTEM_ERROR',
  internal: 'INTERNAL_ERROR',
};

/** errno of the conditions that come from the host's system. */
const systemErrors: Partial<Readonly<Record<ConditionKind, number>>> = { 'host-error': ENOENT, 'name-too-long': ENAMETOOLONG };

const originDomains: Readonly<Record<ConditionOrigin, number>> = {
  driver: FROM_QEMU,
  definition: FROM_DOMAIN,
  document: FROM_XML,
  host: FROM_NONE,
};

/** A refusal of the model. */
export function fromCondition(error: HypervisorError): Failure {
  const detail = error.message === '' ? undefined : error.message;
  return failure(conditionCodes[error.kind], originDomains[error.origin], detail, systemErrors[error.kind] ?? -1);
}

/** Thrown by handlers for what is wrong with a call rather than with the hypervisor. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: Failure;

  constructor(what: Failure) {
    super(what.message ?? '');
    this.failure = what;
  }
}

export const failures = {
  /** What a fault rule asks for. */
  injected: (code: number | undefined, text: string | undefined): Failure => ({
    ...failure('INTERNAL_ERROR', FROM_QEMU, text ?? 'injected fault'),
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { message: text }),
  }),
  internal: (detail: string): Failure => failure('INTERNAL_ERROR', FROM_RPC, detail),
  rpc: (detail: string): Failure => failure('RPC', FROM_RPC, detail),
  /** virNetMessageEncodePayload, of a reply beyond VIR_NET_MESSAGE_MAX. */
  tooLong: (): Failure => failure('RPC', FROM_RPC, 'Unable to encode message payload'),
  notOpen: (): Failure => failure('INTERNAL_ERROR', FROM_RPC, 'hypervisor connection not open'),
  alreadyOpen: (): Failure => failure('INTERNAL_ERROR', FROM_RPC, 'connection already open'),
  noDriver: (uri: string): Failure => failure('NO_CONNECT', FROM_NONE, uri),
  wrongPath: (path: string): Failure => failure('INTERNAL_ERROR', FROM_NONE, `unexpected qemu URI path '${path}', try qemu:///system`),
  uriMalformed: (uri: string): Failure => failure('INTERNAL_ERROR', FROM_URI, `Unable to parse URI ${uri}`),
  noSysinfo: (): Failure => failure('CONFIG_UNSUPPORTED', FROM_QEMU, 'Host SMBIOS information is not available'),
  notSupported: (procedure: string, api: string): Failure => failure('NO_SUPPORT', familyOf(procedure), api),
  readOnly: (procedure: string, api: string): Failure =>
    failure('OPERATION_DENIED', familyOf(procedure), `read only access prevents ${api}`),
  readOnlySecure: (api: string): Failure => failure('OPERATION_DENIED', FROM_DOMAIN, `${api} with secure flag`),
  domainNotFound: (detail: string): Failure => failure('NO_DOMAIN', FROM_QEMU, detail),
  unsupportedFlags: (flags: number, functionName: string): Failure =>
    invalidArgument(FROM_QEMU, `unsupported flags (0x${flags.toString(16)}) in function ${functionName}`, functionName, 'flags'),
  invalidArgument: (detail: string): Failure => failure('INVALID_ARG', FROM_QEMU, detail),
  argumentRejected: (message: string, functionName: string, argument: string): Failure =>
    invalidArgument(FROM_DOMAIN, message, functionName, argument),
  callbackTracked: (): Failure => failure('INVALID_ARG', FROM_NONE, 'event callback already tracked'),
} as const;

/** The part of libvirt's API that a procedure belongs to. */
function familyOf(procedure: string): number {
  if (procedure.startsWith('QEMU_')) return FROM_NONE;
  if (/^DOMAIN_(LIST_ALL_)?CHECKPOINT/.test(procedure)) return FROM_DOMAIN_CHECKPOINT;
  if (/^DOMAIN_.*SNAPSHOT/.test(procedure)) return FROM_DOMAIN_SNAPSHOT;
  if (procedure.startsWith('DOMAIN_')) return FROM_DOMAIN;
  if (procedure.includes('NWFILTER')) return FROM_NWFILTER;
  if (procedure.includes('NODE_DEVICE') || procedure === 'NODE_NUM_OF_DEVICES' || procedure === 'NODE_LIST_DEVICES') return FROM_NODEDEV;
  if (procedure.includes('STORAGE')) return FROM_STORAGE;
  if (procedure.includes('NETWORK')) return FROM_NETWORK;
  if (procedure.includes('INTERFACE')) return FROM_INTERFACE;
  return procedure.includes('SECRET') ? FROM_SECRET : FROM_DOMAIN;
}

/** Whether a fault rule may ask for this code: virErrorNumber ends at 110 in 9.0.0. */
export function isErrorCode(code: number | string): boolean {
  const number = Number(code);
  return Number.isInteger(number) && number >= 1 && number <= 110;
}
