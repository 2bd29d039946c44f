import { setTimeout as sleep } from 'node:timers/promises';
import { findPeer } from '../peers/peers.ts';
import { startRabbitMq } from '../peers/rabbitmq.ts';
import { compare, type Rounds, type Subjects } from './comparison.ts';
import type { Goal, Line, Section } from './line.ts';
import { compile, type Figures, generate } from './load-generator.ts';
import { endpoint, type Subject, startOurs } from './ours.ts';
import { cpuSeconds, processesOf, residentMegabytes } from './processes.ts';

interface Mode {
  readonly name: string;
  readonly arguments: readonly string[];
  /** Takes minutes: one run, after a figure that has warmed up the same. */
  readonly once?: boolean;
  readonly cpu_ratio_at_most: number;
  readonly rate_ratio_at_least?: number;
  readonly latency_ratio_at_most?: number;
}

const modes: readonly Mode[] = [
  { name: 'automatic ack, 16 B', arguments: ['auto', 'n=200000', 'size=16'], cpu_ratio_at_most: 0.2, rate_ratio_at_least: 3 },
  { name: 'automatic ack, 1 KiB', arguments: ['auto', 'n=200000', 'size=1024'], cpu_ratio_at_most: 0.2, rate_ratio_at_least: 3 },
  {
    name: 'manual ack, prefetch 100',
    arguments: ['manual', 'n=150000', 'prefetch=100'],
    cpu_ratio_at_most: 0.1,
    rate_ratio_at_least: 6,
  },
  { name: 'confirms, window 100', arguments: ['confirm', 'n=150000', 'window=100'], cpu_ratio_at_most: 0.25, rate_ratio_at_least: 3 },
  { name: 'RPC, one in flight', arguments: ['rpc', 'n=15000'], cpu_ratio_at_most: 0.4, latency_ratio_at_most: 0.7 },
  {
    name: 'topic, 1,000 bindings',
    arguments: ['topic', 'n=100000', 'bindings=1000'],
    cpu_ratio_at_most: 0.15,
    rate_ratio_at_least: 4,
  },
  {
    name: 'topic, 100,000 bindings',
    arguments: ['topic', 'n=100000', 'bindings=100000', 'max_seconds=500'],
    once: true,
    cpu_ratio_at_most: 0.15,
    rate_ratio_at_least: 4,
  },
  { name: 'connection and channel', arguments: ['conn', 'n=1000'], cpu_ratio_at_most: 0.3, rate_ratio_at_least: 3 },
];

const idle_seconds = 5;

type Run = (subject: Subject, args: readonly string[]) => Promise<Figures>;

async function startTheirs(): Promise<Subject> {
  const rabbitmq = await startRabbitMq();
  return { env: { AMQP_URL: rabbitmq.url }, pids: () => processesOf(rabbitmq.processGroups), stop: () => rabbitmq.stop() };
}

function atMost(value: number): Goal {
  return { of: 'ratio', at_most: value };
}

async function measureMode(mode: Mode, run: Run, subjects: Subjects, rounds: Rounds): Promise<Line[]> {
  const { medians, lines } = await compare(mode, run, subjects, mode.once === true ? { counted: 1, uncounted: 0 } : rounds);
  const rate: Goal = { of: 'ratio', at_least: mode.rate_ratio_at_least ?? 0 };
  const latency = mode.latency_ratio_at_most;
  const measured = lines.map((line): Line => {
    if (line.unit === 'µs') return { ...line, goal: atMost(mode.cpu_ratio_at_most) };
    return mode.rate_ratio_at_least === undefined ? line : { ...line, goal: rate };
  });
  if (latency === undefined) return measured;
  const percentiles = (['p50', 'p99'] as const).map((name): Line => {
    const [ours, theirs] = [medians.ours[`${name}_us`], medians.theirs?.[`${name}_us`]];
    return { name: `${mode.name}: ${name}`, unit: 'µs', ours, theirs, goal: atMost(latency) };
  });
  return [...measured, ...percentiles];
}

/** How much more a publish costs in time with 100,000 bindings than with 1,000. */
function growth(lines: readonly Line[]): Line[] {
  const few = lines.find(({ name }) => name === 'topic, 1,000 bindings: rate');
  const many = lines.find(({ name }) => name === 'topic, 100,000 bindings: rate');
  if (few?.ours === undefined || many?.ours === undefined) return [];
  const theirs = few.theirs === undefined || many.theirs === undefined ? undefined : few.theirs / many.theirs;
  const goal: Goal = { of: 'value', at_most: 2 };
  return [{ name: 'topic, 100,000 bindings against 1,000', unit: 'times slower', ours: few.ours / many.ours, theirs, goal }];
}

interface Idle {
  readonly memory: number;
  readonly cpu_percent: number;
}

async function measureIdle(subject: Subject): Promise<Idle> {
  await sleep(2_000);
  const pids = subject.pids();
  const before = cpuSeconds(pids);
  await sleep(idle_seconds * 1_000);
  return { memory: residentMegabytes(pids), cpu_percent: ((cpuSeconds(pids) - before) / idle_seconds) * 100 };
}

function idleLines(ours: Idle, theirs: Idle | undefined): Line[] {
  return [
    { name: 'idle memory', unit: 'MB', ours: ours.memory, theirs: theirs?.memory, goal: { of: 'value', at_most: 70 } },
    { name: 'idle CPU', unit: '% of a core', ours: ours.cpu_percent, theirs: theirs?.cpu_percent, goal: { of: 'value', at_most: 0.5 } },
  ];
}

/** A server of its own: what the modes before have left in the heap is not what a million messages take. */
async function measureFill(start: () => Promise<Subject>, run: Run): Promise<Figures> {
  const subject = await start();
  try {
    return await run(subject, ['fill', 'n=1000000', 'size=16', 'max_seconds=180']);
  } finally {
    await subject.stop();
  }
}

interface Crowd {
  readonly loss_percent: number;
  readonly spread: Figures;
}

/** What a crowd costs whoever publishes beside it, and what it takes to serve the crowd itself. */
async function measureCrowd(subject: Subject, run: Run): Promise<Crowd> {
  const size = ['connections=2000', 'queues=10000', 'max_seconds=300'];
  const alone = await run(subject, ['auto', 'n=200000']);
  const beside = await run(subject, ['beside', 'n=200000', ...size]);
  const spread = await run(subject, ['crowd', 'n=100000', ...size]);
  return { loss_percent: (1 - (beside.rate ?? 0) / (alone.rate ?? 1)) * 100, spread };
}

async function crowdLines(run: Run, ours: Subject, theirs: Subject | undefined): Promise<Line[]> {
  const our = await measureCrowd(ours, run);
  const their = theirs === undefined ? undefined : await measureCrowd(theirs, run);
  const figure = (name: string, scale = 1): { ours: number; theirs: number | undefined } => ({
    ours: (our.spread[name] ?? 0) / scale,
    theirs: their === undefined ? undefined : (their.spread[name] ?? 0) / scale,
  });
  const crowd = '2,000 connections, 10,000 queues and consumers';
  const loss: Goal = { of: 'value', at_most: 20 };
  return [
    { name: `${crowd}: publish rate lost beside them`, unit: '%', ours: our.loss_percent, theirs: their?.loss_percent, goal: loss },
    { name: `${crowd}: server CPU of a message to one of them`, unit: 'µs', ...figure('cpu_us') },
    { name: `${crowd}: rate of messages round them`, unit: '/s', ...figure('rate') },
    { name: `${crowd}: time to set up`, unit: 's', ...figure('open_seconds') },
    { name: `${crowd}: memory`, unit: 'MB', ...figure('rss_kib', 1024) },
  ];
}

/** The broker against RabbitMQ, in the same run, with a load generator that is neither's. `only` picks figures by name. */
export async function benchAmqp(rounds: Rounds, only: (name: string) => boolean, tell: (line: Line) => void): Promise<Section> {
  const program = await compile('amqp-loadgen', ['rabbitmq', 'pthread']);
  const run: Run = (subject, args) => {
    const { host, port } = endpoint(subject, 'AMQP_URL');
    return generate(program, [host, port, 'guest', 'guest', ...args, `pids=${subject.pids().join(',')}`]);
  };
  const lines: Line[] = [];
  const add = (more: readonly Line[]): void => {
    lines.push(...more);
    more.forEach(tell);
  };
  const hasRabbitMq = findPeer('rabbitmq') !== undefined;
  const start = (): Promise<Subject> => startOurs(['amqp']);
  const ours = await start();
  const theirs = hasRabbitMq ? await startTheirs() : undefined;
  try {
    if (only('idle')) add(idleLines(await measureIdle(ours), theirs === undefined ? undefined : await measureIdle(theirs)));
    for (const mode of modes) if (only(mode.name)) add(await measureMode(mode, run, { ours, theirs }, rounds));
    add(growth(lines));
    if (only('crowd')) add(await crowdLines(run, ours, theirs));
  } finally {
    await ours.stop();
    await theirs?.stop();
  }
  if (only('fill')) {
    const mine = await measureFill(start, run);
    const other = hasRabbitMq ? await measureFill(startTheirs, run) : undefined;
    const memory = (figures: Figures | undefined): number | undefined =>
      figures === undefined ? undefined : (figures.rss_kib ?? 0) / 1024;
    const goal: Goal = { of: 'value', at_most: 400 };
    add([{ name: 'a million 16 B messages queued: memory', unit: 'MB', ours: memory(mine), theirs: memory(other), goal }]);
  }
  return { title: 'AMQP 0-9-1', peer: 'RabbitMQ', lines };
}
