export { type ConditionKind, type ConditionOrigin, HypervisorError } from './conditions.ts';
export {
  currentDefinition,
  type Domain,
  type DomainDefinition,
  type DomainLife,
  type DomainReference,
  type DomainState,
  referenceTo,
  type StateReason,
} from './domain.ts';
export type { DomainEvent, Lifecycle } from './domain-events.ts';
export type { Host } from './host.ts';
export { type DomainKey, Hypervisor } from './hypervisor.ts';
export { XmlSyntaxError } from './xml-parse.ts';
export { attribute, element, elements, find, formatXml, textOf, type XmlElement, type XmlNode } from './xml-tree.ts';
