import type { Attributes, AttributeValue } from '@wirelike/kernel';

/** A call's arguments for the journal and for the rules of faults: `domain` and `uuid` of the one it is about, and its plain values. */
export function describeCall(args: unknown): () => Attributes {
  return () => {
    const attributes: Record<string, AttributeValue> = {};
    if (typeof args !== 'object' || args === null) return attributes;
    for (const [name, value] of Object.entries(args)) {
      if (isPlain(value)) attributes[name] = value;
      else if (isDomain(value)) {
        attributes.domain = value.name;
        attributes.uuid = value.uuid;
      }
    }
    return attributes;
  };
}

function isPlain(value: unknown): value is AttributeValue {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function isDomain(value: unknown): value is { readonly name: string; readonly uuid: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'uuid' in value &&
    typeof value.uuid === 'string'
  );
}
