import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { ControlError } from '@wirelike/kernel';
import { bytesOf } from '../admin/memory-amount.ts';
import {
  heap_high_watermark_fraction,
  memory_collect_max_milliseconds,
  memory_collect_min_milliseconds,
  memory_collect_pause_factor,
  memory_watch_milliseconds,
} from '../limits.ts';
import type { Broker } from '../model/index.ts';
import { collectGarbage } from './collect-garbage.ts';

/** What of the process's memory counts; replaced in tests. */
export interface MemoryGauge {
  rss_bytes(): number;
  /** What JavaScript holds, in the heap and in buffers, with the garbage that was not collected yet. */
  held_bytes(): number;
  heap_bytes(): number;
  heap_limit_bytes(): number;
  collect(): void;
  now(): number;
}

let resident_bytes = 0;

/** Node opens a file for it: when clients have taken all file descriptors, what it last was has to do. */
function residentBytes(): number {
  try {
    resident_bytes = process.memoryUsage.rss();
  } catch {
    // EMFILE
  }
  return resident_bytes;
}

const processGauge: MemoryGauge = {
  rss_bytes: residentBytes,
  // process.memoryUsage() opens a file, too.
  held_bytes: () => {
    const { used_heap_size, external_memory } = getHeapStatistics();
    return used_heap_size + external_memory;
  },
  heap_bytes: () => getHeapStatistics().used_heap_size,
  heap_limit_bytes: () => getHeapStatistics().heap_size_limit,
  collect: collectGarbage,
  now: () => performance.now(),
};

/** Less garbage than this part of what is held is none. */
const gain_min_fraction = 0.01;

/**
 * RabbitMQ's memory alarm (https://www.rabbitmq.com/docs/memory): past the watermark connections that publish are
 * blocked until consumers have caught up. Without it a fast publisher without a consumer would end the process.
 *
 * Memory belongs to the process, so this looks at the process and on real time; a frozen world has to be
 * protected as well. It runs while somebody is connected.
 *
 * Resident memory alone would leave publishers blocked for ever: messages that were consumed stay in it until they are
 * collected, which nothing asks for while nobody publishes, and then the C library keeps it for the next ones.
 */
export class MemoryWatch {
  readonly #broker: Broker;
  readonly #watermark_bytes: number;
  readonly #gauge: MemoryGauge;
  #timer: NodeJS.Timeout | undefined;
  /** An alarm that an operator raised is the operator's to clear. */
  #raised = false;
  /** Of resident memory, what JavaScript does not know of: the program itself. */
  readonly #native_bytes: number;
  #collectDelay = memory_collect_min_milliseconds;
  #collectAt = 0;

  constructor(broker: Broker, watermark_bytes: number, gauge: MemoryGauge = processGauge) {
    this.#broker = broker;
    this.#watermark_bytes = watermark_bytes;
    this.#gauge = gauge;
    this.#native_bytes = Math.max(0, gauge.rss_bytes() - gauge.held_bytes());
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
    if (this.#raised) this.#collect();
    if (this.#exceeded() && !alarms.has('memory')) {
      this.#raised = true;
      this.#collectDelay = memory_collect_min_milliseconds;
      this.#collectAt = this.#gauge.now() + this.#collectDelay;
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
    const watermark = this.#watermark_bytes;
    if (gauge.rss_bytes() > watermark && gauge.held_bytes() + this.#native_bytes > watermark) return true;
    return gauge.heap_bytes() > gauge.heap_limit_bytes() * heap_high_watermark_fraction;
  }

  /** Rarely while there is nothing to find, at once again when there is. */
  #collect(): void {
    const gauge = this.#gauge;
    const begin = gauge.now();
    if (begin < this.#collectAt) return;
    const before = gauge.held_bytes();
    gauge.collect();
    const end = gauge.now();
    const found = before - gauge.held_bytes() > before * gain_min_fraction;
    this.#collectDelay = found ? memory_collect_min_milliseconds : Math.min(this.#collectDelay * 2, memory_collect_max_milliseconds);
    this.#collectAt = end + Math.max(this.#collectDelay, (end - begin) * memory_collect_pause_factor);
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
