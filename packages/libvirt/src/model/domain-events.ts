import type { Domain, DomainReference } from './domain.ts';
import { referenceTo } from './domain.ts';

/** What happened to a domain (virDomainEventType), and how (its detail enums). */
export type Lifecycle =
  | { readonly event: 'defined'; readonly detail: 'added' | 'updated' | 'renamed' | 'from-snapshot' }
  | { readonly event: 'undefined'; readonly detail: 'removed' | 'renamed' }
  | { readonly event: 'started'; readonly detail: 'booted' | 'from-snapshot' }
  | { readonly event: 'suspended'; readonly detail: 'paused' | 'from-snapshot' }
  | { readonly event: 'resumed'; readonly detail: 'unpaused' | 'from-snapshot' }
  | { readonly event: 'stopped'; readonly detail: 'shutdown' | 'destroyed' | 'crashed' | 'from-snapshot' }
  | { readonly event: 'shutdown'; readonly detail: 'guest' | 'host' }
  | { readonly event: 'crashed'; readonly detail: 'panicked' };

export type DomainEvent =
  | { readonly kind: 'lifecycle'; readonly domain: DomainReference; readonly lifecycle: Lifecycle }
  | { readonly kind: 'reboot'; readonly domain: DomainReference }
  | {
      readonly kind: 'metadata-change';
      readonly domain: DomainReference;
      readonly type: 'description' | 'title' | 'element';
      readonly namespace: string | undefined;
    };

export function lifecycleOf(domain: Domain | DomainReference, lifecycle: Lifecycle): DomainEvent {
  return { kind: 'lifecycle', domain: 'state' in domain ? referenceTo(domain) : domain, lifecycle };
}

/** What a client is told when a domain suddenly is what it was at another time. */
export function eventsBetween(before: Domain | undefined, after: Domain | undefined): readonly DomainEvent[] {
  const events: DomainEvent[] = [];
  const sameLife = before?.life !== undefined && before.life.id === after?.life?.id;
  if (before?.life !== undefined && !sameLife) {
    events.push(lifecycleOf({ ...referenceTo(before), id: -1 }, { event: 'stopped', detail: 'from-snapshot' }));
  }
  if (before !== undefined && after?.persistent === undefined && before.persistent !== undefined) {
    events.push(lifecycleOf({ ...referenceTo(before), id: after?.life?.id ?? -1 }, { event: 'undefined', detail: 'removed' }));
  }
  if (after === undefined) return events;
  if (after.persistent !== undefined && before?.persistent?.xml !== after.persistent.xml) {
    const detail = before?.persistent === undefined ? 'added' : 'updated';
    events.push(lifecycleOf(after, { event: 'defined', detail }));
  }
  if (after.life !== undefined && !sameLife) {
    events.push(lifecycleOf(after, { event: 'started', detail: 'from-snapshot' }));
    if (after.state === 'paused') events.push(lifecycleOf(after, { event: 'suspended', detail: 'from-snapshot' }));
  } else if (sameLife && before.state !== after.state) {
    const event = after.state === 'paused' ? 'suspended' : 'resumed';
    events.push(lifecycleOf(after, { event, detail: 'from-snapshot' }));
  }
  return events;
}
