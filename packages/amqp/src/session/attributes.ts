import type { Attributes, AttributeValue } from '@wirelike/kernel';
import { claimedUser } from './authentication.ts';

/** A method's fields for the journal and the faults: names as in the protocol, tables left out; and who logs in. */
export function attributesOfFields(fields: object): () => Attributes {
  return () => {
    const attributes: Record<string, AttributeValue> = {};
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'ticket') continue;
      if (isValue(value)) attributes[snake(name)] = value;
      else if (name === 'response' && value instanceof Uint8Array) {
        const user = claimedUser(String(attributes.mechanism), value);
        if (user !== undefined) attributes.user = user;
      }
    }
    return attributes;
  };
}

function isValue(value: unknown): value is AttributeValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `routingKey` is `routing_key`. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
