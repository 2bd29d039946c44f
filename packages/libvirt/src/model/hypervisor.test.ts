import { Clock, DumpError, Random } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from './domain-events.ts';
import { Hypervisor } from './hypervisor.ts';
import { formatXml } from './xml-tree.ts';

const xml = (name: string, inner = ''): string =>
  `<domain type='qemu'><name>${name}</name>${inner}<memory>1024</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>`;

function host(settings: Record<string, string> = {}): { hypervisor: Hypervisor; clock: Clock; seen: string[] } {
  const clock = new Clock();
  clock.freeze();
  const hypervisor = new Hypervisor({ clock, random: new Random('test'), settings });
  const seen: string[] = [];
  hypervisor.subscribe((event) => seen.push(told(event)));
  return { hypervisor, clock, seen };
}

function told(event: DomainEvent): string {
  const what = event.kind === 'lifecycle' ? `${event.lifecycle.event} ${event.lifecycle.detail}` : event.kind;
  return `${event.domain.name}#${event.domain.id} ${what}`;
}

describe('a domain’s life', () => {
  it('is told as QEMU’s driver tells it', () => {
    const { hypervisor, seen } = host();
    const a = hypervisor.define(xml('a'));
    hypervisor.start(a);
    hypervisor.suspend(a);
    hypervisor.suspend(a);
    hypervisor.resume(a);
    hypervisor.reset(a);
    hypervisor.destroy(a);
    hypervisor.start(a, { paused: true });
    hypervisor.undefine(a);
    hypervisor.resume(a);
    hypervisor.shutdown(a);
    expect(seen).toEqual([
      'a#-1 defined added',
      'a#1 resumed unpaused',
      'a#1 started booted',
      'a#1 suspended paused',
      'a#1 resumed unpaused',
      'a#1 reboot',
      'a#1 shutdown host',
      'a#-1 stopped destroyed',
      'a#2 started booted',
      'a#2 suspended paused',
      'a#2 undefined removed',
      'a#2 resumed unpaused',
      'a#2 shutdown guest',
      'a#-1 stopped shutdown',
    ]);
    expect(hypervisor.size).toBe(0);
  });

  it('uses CPU time on the world’s clock, and only while it runs', () => {
    const { hypervisor, clock } = host();
    const { uuid } = hypervisor.create(xml('a'));
    const used = (): number => hypervisor.cpuTime(hypervisor.domain({ uuid }));
    expect(used()).toBe(0);
    clock.advance(10_000);
    const once = used();
    expect(once).toBeGreaterThan(0);
    hypervisor.suspend({ uuid });
    clock.advance(10_000);
    expect(used()).toBe(once);
    hypervisor.resume({ uuid });
    clock.advance(10_000);
    expect(used()).toBeCloseTo(once * 2, -6);
  });

  it('takes its time to shut down where it is told to', () => {
    const { hypervisor, clock } = host({ shutdown_milliseconds: '5000' });
    const a = hypervisor.start(hypervisor.define(xml('a')));
    hypervisor.shutdown(a);
    clock.advance(4_999);
    expect(hypervisor.domain(a).state).toBe('running');
    clock.advance(1);
    expect(hypervisor.domain(a)).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  });

  it('waits with shutting down until it is resumed', () => {
    const { hypervisor } = host();
    const a = hypervisor.start(hypervisor.define(xml('a')));
    hypervisor.suspend(a);
    hypervisor.shutdown(a);
    expect(hypervisor.domain(a).state).toBe('paused');
    hypervisor.resume(a);
    expect(hypervisor.domain(a).state).toBe('shutoff');
  });

  it('keeps the next start’s configuration apart from the running one', () => {
    const { hypervisor } = host();
    const a = hypervisor.start(hypervisor.define(xml('a', '<uuid>11111111-2222-3333-4444-555555555555</uuid>')));
    hypervisor.define(xml('a', '<uuid>11111111-2222-3333-4444-555555555555</uuid><title>later</title>'));
    const text = (): string => formatXml(hypervisor.domain(a).life?.definition.xml ?? { name: '', attributes: {}, children: [] });
    expect(text()).not.toContain('later');
    hypervisor.destroy(a);
    hypervisor.start(a);
    expect(text()).toContain('<title>later</title>');
  });

  it('starts with a name and a UUID of its own', () => {
    const { hypervisor } = host();
    const a = hypervisor.define(xml('a'));
    expect(() => hypervisor.define(xml('a'))).toThrow(`domain 'a' already exists with uuid ${a.uuid}`);
    expect(() => hypervisor.define(xml('b', `<uuid>${a.uuid}</uuid>`))).toThrow(`domain 'a' is already defined with uuid ${a.uuid}`);
    expect(hypervisor.define(xml('a', `<uuid>${a.uuid}</uuid>`)).uuid).toBe(a.uuid);
  });

  it('is the same from the same seed', () => {
    const [one, other] = [host(), host()];
    expect(formatXml(one.hypervisor.create(xml('a')).life?.definition.xml ?? fail())).toBe(
      formatXml(other.hypervisor.create(xml('a')).life?.definition.xml ?? fail()),
    );
  });
});

function fail(): never {
  throw new Error('it runs');
}

describe('going back', () => {
  it('tells clients what is different now', () => {
    const { hypervisor, seen } = host();
    const a = hypervisor.start(hypervisor.define(xml('a')));
    const b = hypervisor.define(xml('b'));
    const snapshot = hypervisor.snapshot();
    hypervisor.suspend(a);
    hypervisor.start(b);
    hypervisor.define(xml('c'));
    seen.length = 0;
    hypervisor.restore(snapshot);
    expect(seen.sort()).toEqual(['a#1 resumed from-snapshot', 'b#-1 stopped from-snapshot', 'c#-1 undefined removed']);
    expect(hypervisor.byName('c')).toBeUndefined();
    expect(hypervisor.byId(2)).toBeUndefined();
    seen.length = 0;
    hypervisor.reset();
    expect(hypervisor.size).toBe(0);
    expect(seen).toEqual(['a#-1 stopped from-snapshot', 'a#-1 undefined removed', 'b#-1 undefined removed']);
  });

  it('loads what it dumped, and nothing else', () => {
    const { hypervisor, clock } = host();
    hypervisor.start(hypervisor.define(xml('a')), { paused: true });
    const dump = hypervisor.dump();
    const other = host();
    other.clock.set(clock.now());
    other.hypervisor.define(xml('z'));
    other.hypervisor.load(JSON.parse(JSON.stringify(dump)));
    expect(other.hypervisor.dump()).toEqual(dump);
    expect(() => other.hypervisor.load({ ...dump, version: 2 })).toThrow(DumpError);
    expect(() => other.hypervisor.load({ ...dump, state: { taken_at: 0, counters: {}, domains: [] } })).toThrow(DumpError);
    expect(other.hypervisor.byName('a')?.state).toBe('paused');
  });
});

/** The states of libvirt.org/kbase: what may be done in each, written down a second time and naively. */
type Oracle = { running: boolean; paused: boolean; persistent: boolean };

const calls = ['define', 'undefine', 'start', 'startPaused', 'create', 'suspend', 'resume', 'shutdown', 'destroy', 'reset'] as const;

function expected(state: Oracle | undefined, call: (typeof calls)[number]): Oracle | undefined | 'refused' {
  if (call === 'define') return { running: state?.running ?? false, paused: state?.paused ?? false, persistent: true };
  if (call === 'create') return state?.running ? 'refused' : { running: true, paused: false, persistent: state?.persistent ?? false };
  if (state === undefined) return 'refused';
  if (call === 'undefine') return !state.persistent ? 'refused' : state.running ? { ...state, persistent: false } : undefined;
  if (call === 'start' || call === 'startPaused')
    return state.running ? 'refused' : { ...state, running: true, paused: call === 'startPaused' };
  if (!state.running) return 'refused';
  const stopped = state.persistent ? { running: false, paused: false, persistent: true } : undefined;
  if (call === 'suspend') return { ...state, paused: true };
  if (call === 'resume') return state.paused ? { ...state, paused: false } : 'refused';
  if (call === 'destroy') return stopped;
  return call === 'shutdown' && !state.paused ? stopped : state;
}

describe('any sequence of calls', () => {
  it('leads where the state machine says, and a refused call changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...calls), { maxLength: 40 }), (sequence) => {
        const { hypervisor } = host();
        const uuid = '11111111-2222-3333-4444-555555555555';
        const document = xml('a', `<uuid>${uuid}</uuid>`);
        // A paused guest that was asked to shut down does so when it is resumed.
        let doomed = false;
        let state: Oracle | undefined;
        const key = { uuid };
        for (const call of sequence) {
          const before = hypervisor.find(uuid);
          let next = expected(state, call);
          if (call === 'shutdown' && state?.paused) doomed = true;
          if (call === 'resume' && doomed && state?.paused)
            next = state.persistent ? { ...state, running: false, paused: false } : undefined;
          if (next === undefined || (next !== 'refused' && !next.running)) doomed = false;
          const act = (): unknown => {
            if (call === 'define') return hypervisor.define(document);
            if (call === 'create') return hypervisor.create(document);
            if (call === 'startPaused') return hypervisor.start(key, { paused: true });
            return hypervisor[call](key);
          };
          if (next === 'refused') {
            expect(act).toThrow();
            expect(hypervisor.find(uuid)).toBe(before);
            continue;
          }
          act();
          state = next;
          const after = hypervisor.find(uuid);
          expect(
            after && { running: after.life !== undefined, paused: after.state === 'paused', persistent: after.persistent !== undefined },
          ).toEqual(state);
          expect(hypervisor.byName('a')).toBe(after);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('graphics servers', () => {
  it('get the lowest ports that nobody has', () => {
    const { hypervisor } = host();
    const screen = "<devices><graphics type='vnc' port='-1'/></devices>";
    const document = (name: string): string => xml(name).replace('</domain>', `${screen}</domain>`);
    const portOf = (name: string): string | undefined =>
      / port='(\d+)'/.exec(formatXml(hypervisor.byName(name)?.life?.definition.xml ?? fail()))?.[1];
    const [a] = ['a', 'b'].map((name) => hypervisor.create(document(name)));
    expect(['a', 'b'].map(portOf)).toEqual(['5900', '5901']);
    hypervisor.destroy(a ?? fail());
    hypervisor.create(document('c'));
    hypervisor.create(document('d'));
    expect(['c', 'd'].map(portOf)).toEqual(['5900', '5902']);
  });
});
