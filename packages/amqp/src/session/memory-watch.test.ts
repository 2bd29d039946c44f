import { Clock, Random } from '@wirelike/kernel';
import { describe, expect, it } from 'vitest';
import { Broker, Message, Recorder } from '../model/index.ts';
import { MemoryWatch, watermarkOf } from './memory-watch.ts';

function setUp() {
  const broker = new Broker({ clock: new Clock(), random: new Random(1) });
  const memory = { rss: 100, heap: 100 };
  const watch = new MemoryWatch(broker, 1_000, {
    rss_bytes: () => memory.rss,
    heap_bytes: () => memory.heap,
    heap_limit_bytes: () => 10_000,
  });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  const publish = () => channel.basicPublish(Message.of('', 'nowhere', Buffer.from('x')), false, false);
  return { broker, memory, watch, sink, publish };
}

describe('the memory watch', () => {
  it('blocks who publishes past the watermark, and unblocks below it', () => {
    const { memory, watch, sink, publish } = setUp();
    watch.look();
    publish();
    expect(sink.events).toEqual([]);
    memory.rss = 1_001;
    watch.look();
    publish();
    expect(sink.events).toEqual(['blocked low on memory']);
    memory.rss = 900;
    watch.look();
    expect(sink.events).toEqual(['blocked low on memory', 'unblocked']);
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
