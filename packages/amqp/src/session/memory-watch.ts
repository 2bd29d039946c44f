import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { ControlError } from '@wirelike/kernel';
import { bytesOf } from '../admin/memory-amount.ts';
import { heap_high_watermark_fraction, memory_watch_milliseconds } from '../limits.ts';
import type { Broker } from '../model/index.ts';

/** What of the process's memory counts; replaced in tests. */
export interface MemoryGauge {
  rss_bytes(): number;
  heap_bytes(): number;
  heap_limit_bytes(): number;
}

const processGauge: MemoryGauge = {
  rss_bytes: () => process.memoryUsage.rss(),
  heap_bytes: () => getHeapStatistics().used_heap_size,
  heap_limit_bytes: () => getHeapStatistics().heap_size_limit,
};

/**
 * RabbitMQ's memory alarm (https://www.rabbitmq.com/docs/memory): past the watermark connections that publish are
 * blocked until consumers have caught up. Without it a fast publisher without a consumer would end the process.
 *
 * Memory belongs to the process, so this looks at the process and on real time; a frozen world has to be
 * protected as well. It runs while somebody is connected.
 */
export class MemoryWatch {
  readonly #broker: Broker;
  readonly #watermark_bytes: number;
  readonly #gauge: MemoryGauge;
  #timer: NodeJS.Timeout | undefined;
  /** An alarm that an operator raised is the operator's to clear. */
  #raised = false;

  constructor(broker: Broker, watermark_bytes: number, gauge: MemoryGauge = processGauge) {
    this.#broker = broker;
    this.#watermark_bytes = watermark_bytes;
    this.#gauge = gauge;
  }

  /** Somebody connected. */
  wake(): void {
    if (this.#timer !== undefined) return;
    // A world that was closed while its alarm was raised must not be kept alive, with all that filled the memory.
    const watch = new WeakRef(this);
    const timer = setInterval(() => {
      const alive = watch.deref();
      if (alive === undefined) clearInterval(timer);
      else alive.look();
    }, memory_watch_milliseconds);
    timer.unref();
    this.#timer = timer;
  }

  look(): void {
    const { alarms, connections } = this.#broker;
    if (this.#exceeded() && !alarms.has('memory')) {
      this.#raised = true;
      alarms.raise('memory');
    } else if (this.#raised && !this.#exceeded()) {
      this.#raised = false;
      alarms.clear('memory');
    }
    if (connections.size > 0 || this.#raised) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #exceeded(): boolean {
    const gauge = this.#gauge;
    return gauge.rss_bytes() > this.#watermark_bytes || gauge.heap_bytes() > gauge.heap_limit_bytes() * heap_high_watermark_fraction;
  }
}

/** `0.6` of the machine's memory, or bytes: `300000000`, `300MB`. Throws a `ControlError` for anything else. */
export function watermarkOf(setting: string): number {
  const value = bytesOf(setting);
  if (!(value > 0)) {
    throw new ControlError(`amqp.vm_memory_high_watermark: expected a fraction such as 0.6, or bytes such as 300MB, found "${setting}"`);
  }
  return value <= 1 ? value * totalmem() : value;
}

const watches = new WeakMap<Broker, MemoryWatch>();

/** The one watch of a broker. */
export function memoryWatch(broker: Broker, setting: string): MemoryWatch {
  let watch = watches.get(broker);
  if (watch === undefined) {
    watch = new MemoryWatch(broker, watermarkOf(setting));
    watches.set(broker, watch);
  }
  return watch;
}
