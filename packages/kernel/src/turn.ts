import { availableParallelism } from 'node:os';
import { lull_min_milliseconds, output_put_off_max_turns, rest_gap_max_milliseconds, rest_milliseconds } from './limits.ts';
import { Watch } from './watch.ts';

/** A connection with output that waits. */
interface Flushable {
  flush(): void;
}

const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

let dirty: Flushable[] = [];
let ending = false;
/** Chunks of input that arrived in this process, and how many it had been when the end of the turn was last put off. */
let chunks = 0;
let chunksSeen = 0;
let turnsPutOff = 0;
let paces = false;
/** Only where a client can run meanwhile. */
let watches = false;
const watch = new Watch();
/** Somebody was sent something in this turn. */
let answered = false;
let lulls = 0;
let streaming = false;
/** When the last turn with a stream in it was over. */
let streamedAt = Number.NEGATIVE_INFINITY;

/** When somebody last asked who waits for the answer. */
let awaitedAt = Number.NEGATIVE_INFINITY;

/**
 * Lets the process choose how it waits between turns. While clients stream it rests a moment, as a network card puts
 * off its interrupts: a client that writes every message by itself wakes a server that is quick for every few of
 * them, and pays for that with its own time as well. A rest of {@link rest_milliseconds} makes it one turn for many
 * messages, which halves the CPU for each (docs/performance.md). While a client asks and waits, and asks
 * and waits, it looks for the next question a moment before it goes to sleep, where that pays ({@link Watch}). Rests
 * stop the thread and looking takes its time, so this is only for a process that has nothing else to do:
 * never where clients or tests share the thread.
 */
export function paceTurns(): void {
  paces = true;
  watches = availableParallelism() > 1;
}

/** Input came in that holds several operations of one client, which then does not wait for each one's answer. */
export function streamed(): void {
  if (!paces || streaming) return;
  streaming = true;
  endLater();
}

/** Input came in from a client that soon waits for our answer: nobody rests beside it. */
export function awaited(): void {
  if (paces) awaitedAt = performance.now();
}

/** Output goes to a client. */
export function sent(): void {
  answered = true;
}

/** How often everybody had waited for the next input: a burst of input that lies between two lulls is all that its client had to say. */
export function lullsSoFar(): number {
  return lulls;
}

/** Some input is here; or a client came, which asks at once; or one went, whose next connection is then waited for. */
export function chunkArrived(): void {
  chunks++;
  if (!paces) return;
  if (watch.arrived(performance.now()) >= lull_min_milliseconds) lulls++;
  endLater();
}

/**
 * One flush for everything that was written to a connection, whoever wrote it: at the end of this turn of the event
 * loop, or while input goes on arriving a few turns later. A busy server writes more at a time that way (and its
 * clients answer more at a time), and one with nothing else to do answers at once.
 */
export function flushLater(connection: Flushable): void {
  dirty.push(connection);
  endLater();
}

function endLater(): void {
  if (ending) return;
  ending = true;
  chunksSeen = chunks;
  turnsPutOff = 0;
  setImmediate(endTurn);
}

function endTurn(): void {
  if (chunks !== chunksSeen && turnsPutOff < output_put_off_max_turns) {
    chunksSeen = chunks;
    turnsPutOff++;
    setImmediate(endTurn);
    return;
  }
  ending = false;
  const connections = dirty;
  dirty = [];
  for (const connection of connections) connection.flush();
  if (streaming) rest();
  else if (paces && watch.idle(performance.now(), answered) && watches) setImmediate(look);
  answered = false;
}

function rest(): void {
  streaming = false;
  // The first burst may be the last: nobody rests before a second one follows it closely.
  const recently = performance.now() - rest_gap_max_milliseconds;
  if (streamedAt > recently && awaitedAt < recently) Atomics.wait(nobody, 0, 0, rest_milliseconds);
  streamedAt = performance.now();
  watch.idle(streamedAt, false);
}

/** Keeps the event loop from going to sleep. */
function look(): void {
  if (watch.awake && !watch.enough(performance.now())) setImmediate(look);
}
