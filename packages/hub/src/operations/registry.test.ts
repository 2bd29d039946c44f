import { describe, expect, it } from 'vitest';
import { openHub, say } from '../open-hub.fixture.ts';

describe('control operations', () => {
  it('reset, snapshot and restore the state', async () => {
    await using open = await openHub();
    const { hub } = open;
    await say(hub, 'set one ');
    await hub.call('snapshot.take', { name: 'one' });
    await say(hub, 'set two ');
    await hub.call('snapshot.take', { name: 'two' });
    await hub.call('snapshot.restore', { name: 'one' });
    expect(await say(hub, 'x')).toBe('one x');
    await hub.call('snapshot.restore', { name: 'two' });
    expect(await say(hub, 'x')).toBe('two x');
    await hub.call('reset');
    expect(await say(hub, 'x')).toBe('hello x');
    await hub.call('snapshot.restore', { name: 'one' });
    expect(await say(hub, 'x')).toBe('one x');
    await hub.call('snapshot.delete', { name: 'one' });
    expect(await hub.call('snapshot.list')).toMatchObject([{ name: 'two' }]);
    await expect(hub.call('snapshot.restore', { name: 'tow' })).rejects.toThrow('unknown snapshot "tow"');
  });

  it('move the clock', async () => {
    await using open = await openHub();
    const { hub } = open;
    const fired: string[] = [];
    hub.world().world.clock.after(60_000, () => fired.push('a minute'));
    await hub.call('clock.set', { time: '2031-01-01T00:00:00Z' });
    expect(fired).toEqual(['a minute']);
    await hub.call('clock.freeze');
    await hub.call('clock.set', { time: '2030-01-01T00:00:00Z' });
    expect(await hub.call('clock.advance', { by: '1h30m' })).toMatchObject({ iso: '2030-01-01T01:30:00.000Z', frozen: true });
    expect(await hub.call('clock.resume')).toMatchObject({ frozen: false });
  });

  it('arm faults, after checking them against what exists', async () => {
    await using open = await openHub();
    const { hub } = open;
    const add = (rule: object): Promise<unknown> => hub.call('faults.add', { rule });
    const error = { kind: 'error', code: 7, text: 'no' };
    await add({ emulator: 'echo', operation: 'echo', where: { line: 'a*' }, occurrences: { first: 1 }, action: error });
    expect(await say(hub, 'b')).toBe('hello b');
    expect(await say(hub, 'abc')).toBe('error 7 no');
    expect(await say(hub, 'abc')).toBe('hello abc');
    expect(await hub.call('faults.list')).toMatchObject([{ id: 1, matched: 2, fired: 1 }]);
    await expect(add({ emulator: 'ecoh', operation: 'echo', action: error })).rejects.toThrow(
      'rule.emulator: unknown emulator "ecoh": did you mean "echo"?',
    );
    await expect(add({ emulator: 'echo', operation: 'ecoh', action: error })).rejects.toThrow('did you mean "echo"?');
    await expect(add({ emulator: 'echo', operation: 'x*', action: error })).rejects.toThrow('unknown operation of echo "x*"');
    await expect(add({ emulator: 'echo', operation: 'e*', action: { kind: 'error', code: 8 } })).rejects.toThrow(
      'the only error code is 7, not 8',
    );
    await expect(add({ emulator: 'echo', operation: 'echo', action: { kind: 'dleay' } })).rejects.toThrow(
      'faults.add: rule.action.kind: unknown kind "dleay": did you mean "delay"? (delay, error, close, reset, swallow, corrupt, custom)',
    );
    await expect(add({ emulator: 'echo', operation: 'echo', action: {} })).rejects.toThrow('expected delay or error or close');
    await expect(add({ emulator: 'echo', operation: 'echo', action: { kind: 'custom', name: 'great' } })).rejects.toThrow(
      'rule.action: unknown action of echo "great": did you mean "greet"?',
    );
    await add({ emulator: 'echo', operation: 'echo', action: { kind: 'custom', name: 'greet', parameters: { text: 'ha ' } } });
    expect(await say(hub, 'x')).toBe('ha x');
    await hub.call('faults.clear');
    expect(await hub.call('faults.list')).toEqual([]);
  });

  it('read the journal as JSON', async () => {
    await using open = await openHub();
    const { hub } = open;
    await hub.call('journal.enable');
    await say(hub, 'x');
    expect(await hub.call('journal.read', { operation: 'echo' })).toMatchObject({
      enabled: true,
      events: [{ emulator: 'echo', direction: 'in', operation: 'echo', attributes: { line: 'x', length: 1 } }],
    });
  });

  it('read only the part of the journal that is asked for', async () => {
    await using open = await openHub();
    const { hub } = open;
    await hub.call('journal.enable');
    await say(hub, 'x');
    const read = async (filter: object): Promise<unknown> => hub.call('journal.read', filter);
    expect(await read({ operation: 'connection.*' })).toMatchObject({ events: [{ operation: 'connection.accepted' }] });
    expect(await read({ emulator: 'echo', operation: 'set' })).toMatchObject({ events: [] });
    await expect(read({ emulator: 'ecko' })).rejects.toThrow('unknown emulator "ecko": did you mean "echo"?');
  });

  it('include those of the emulators', async () => {
    await using open = await openHub();
    const { hub } = open;
    expect(await hub.call('echo.greet', { text: 'hi ' })).toEqual({ greeting: 'hi ', long: '1152921504606846976' });
    expect(await say(hub, 'x')).toBe('hi x');
    expect(await hub.call('operations')).toContainEqual({ name: 'echo.greet', help: 'Changes the greeting' });
    await expect(hub.call('echo.greet', { text: 1 })).rejects.toThrow('text: expected string');
    await expect(hub.call('echo.great', { text: '' })).rejects.toThrow('did you mean "echo.greet"?');
  });

  it('create and delete worlds', async () => {
    await using open = await openHub();
    const { hub } = open;
    const seeds = [{ path: 'team.yaml', text: 'echo:\n  greeting: "good day "\n' }];
    await hub.call('world.create', { name: 'seeded', emulators: ['echo'], seeds, settings: ['echo.volume=2'] });
    expect(await say(hub, 'x', 'seeded')).toBe('good day x');
    expect(await hub.call('environment', { world: 'seeded' })).toMatchObject({ ECHO_VOLUME: '2' });
    expect(await hub.call('world.list')).toMatchObject([{ name: 'main' }, { name: 'seeded' }]);
    await hub.call('world.delete', { name: 'seeded' });
    await expect(hub.call('world.delete', { name: 'seeded' })).rejects.toThrow('unknown world "seeded"');
    await expect(hub.call('world.delete', { name: 'main' })).rejects.toThrow('lives as long as its process');
  });

  it('say which parameter is wrong', async () => {
    await using open = await openHub();
    const { hub } = open;
    await expect(hub.call('clock.advance', { bye: 1 })).rejects.toThrow('clock.advance: unknown parameter "bye": did you mean "by"?');
    await expect(hub.call('clock.advance')).rejects.toThrow('clock.advance: by: expected number or string, but it is missing');
    await expect(hub.call('clock.advance', { by: '36526d' })).rejects.toThrow('at most a century (36525d) at a time');
    await expect(hub.call('clock.set', { time: '2500-01-01' })).rejects.toThrow('at most a century');
    await expect(hub.call('clock.advance', { by: '9 apples' })).rejects.toThrow('expected a duration like 90s');
    await expect(hub.call('journal.enable', { on: 'yes' })).rejects.toThrow('journal.enable: on: ');
    await expect(hub.call('reset', { world: 'mian' })).rejects.toThrow('did you mean "main"?');
  });
});
