import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Broker, Message, Recorder } from '../model/index.ts';
import { MemoryWatch, watermarkOf } from './memory-watch.ts';

function setUp() {
  const broker = new Broker({ clock: new Clock(), random: new Random(1) });
  const memory = { rss: 100, held: 60, heap: 100, garbage: 0, collections: 0, now: 0 };
  const watch = new MemoryWatch(broker, 1_000, {
    rss_bytes: () => memory.rss,
    held_bytes: () => memory.held + memory.garbage,
    heap_bytes: () => memory.heap,
    heap_limit_bytes: () => 10_000,
    collect: () => {
      memory.garbage = 0;
      memory.collections++;
    },
    now: () => memory.now,
  });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  const publish = () => channel.basicPublish(Message.of('', 'nowhere', Buffer.from('x')), false, false);
  return { broker, memory, watch, sink, publish };
}

describe('the memory watch', () => {
  it('goes on when there is no file descriptor left to look with', () => {
    const rss = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
      throw new Error('EMFILE: too many open files, uv_resident_set_memory');
    });
    onTestFinished(() => rss.mockRestore());
    const broker = new Broker({ clock: new Clock(), random: new Random(1) });
    const watch = new MemoryWatch(broker, Number.MAX_SAFE_INTEGER);
    watch.look();
    expect([rss.mock.calls.length > 1, broker.alarms.raised]).toEqual([true, false]);
  });

  it('blocks who publishes past the watermark, and unblocks below it', () => {
    const { memory, watch, sink, publish } = setUp();
    watch.look();
    publish();
    expect(sink.events).toEqual([]);
    memory.rss = 1_001;
    memory.held = 1_000;
    watch.look();
    publish();
    expect(sink.events).toEqual(['blocked low on memory']);
    memory.rss = 900;
    watch.look();
    expect(sink.events).toEqual(['blocked low on memory', 'unblocked']);
  });

  it('unblocks when consumers have caught up, whatever the process keeps of the memory that they freed', () => {
    const { broker, memory, watch } = setUp();
    memory.rss = 1_100;
    memory.held = 1_050;
    watch.look();
    memory.held = 100;
    memory.garbage = 950;
    watch.look();
    expect(broker.alarms.has('memory')).toBe(true);
    memory.now = 500;
    watch.look();
    expect([broker.alarms.has('memory'), memory.rss]).toEqual([false, 1_100]);
    memory.held = 900;
    watch.look();
    expect(broker.alarms.has('memory')).toBe(false);
    memory.held = 1_000;
    watch.look();
    expect(broker.alarms.has('memory')).toBe(true);
  });

  it('collects garbage only while it blocks somebody, and seldom if there is none', () => {
    const { memory, watch } = setUp();
    const look = (milliseconds: number): number => {
      const before = memory.collections;
      for (const end = memory.now + milliseconds; memory.now < end; memory.now += 250) watch.look();
      return memory.collections - before;
    };
    expect(look(60_000)).toBe(0);
    memory.rss = 2_000;
    memory.held = 2_000;
    expect(look(10_000)).toBeLessThan(10);
    expect(look(60_000)).toBe(12);
  });

  it('minds the heap, which ends before the machine’s memory does', () => {
    const { broker, memory, watch } = setUp();
    memory.heap = 9_000;
    watch.look();
    expect(broker.alarms.has('memory')).toBe(true);
  });

  it('leaves an operator’s alarm alone', () => {
    const { broker, watch } = setUp();
    broker.alarms.raise('memory');
    watch.look();
    expect(broker.alarms.has('memory')).toBe(true);
  });

  it('reads fractions and bytes', () => {
    expect(watermarkOf('1000000')).toBe(1_000_000);
    expect([watermarkOf('300MB'), watermarkOf('2GiB')]).toEqual([300_000_000, 2_147_483_648]);
    expect(watermarkOf('0.5')).toBeGreaterThan(1_000_000);
    expect(() => watermarkOf('much')).toThrow('expected a fraction such as 0.6, or bytes such as 300MB, found "much"');
  });
});
