import { ask, get, keysOf, readCommandLines, readSteps, type Step, shapeOf, shown } from './answers.ts';
import type { Side } from './sides.ts';

/** One thing to compare. Later ones build on earlier ones. */
export interface Question {
  readonly name: string;
  /** RabbitMQ takes long to answer. */
  readonly isSlow?: boolean;
  /** Its answer is JSON. */
  ask(side: Side): Promise<unknown>;
}

/** With the same members while a client is at work. */
const IN_USE = [
  ...['/connections', '/channels', '/consumers', '/queues/%2F/used', '/vhosts/%2F/connections', '/connections/username/guest'],
  ...['/queues', '/queues/%2F', '/queues/detailed', '/exchanges/%2F/amq.direct', '/vhosts/%2F', '/queues/%2F?disable_stats=true'],
];

/** Their values are figures of the machine and of Erlang: only names can be compared. */
const FIGURES = ['/overview', '/nodes', '/nodes/{node}', '/nodes/{node}/memory', '/queues/quorum/%2F/qq/status'];

export const questions: readonly Question[] = named([
  ...IN_USE.map((path) => ({ name: `members of ${path}`, ask: async (side: Side) => shapeOf(await get(side, path)) })),
  ...readSteps().map((step) => ({ name: step.line, ask: (side: Side) => answerTo(step, side) })),
  ...readCommandLines().map((line) => ({
    name: `rabbitmqctl ${line}`,
    isSlow: true,
    ask: async (side: Side) => shown(await side.rabbitmqctl(line.split(' ')), side.nodeName),
  })),
]);

async function answerTo(step: Step, side: Side): Promise<unknown> {
  const answer = await ask(side, step);
  return FIGURES.includes(step.path) ? { ...answer, body: keysOf(answer.body), order: [] } : answer;
}

/** The second time that the same is asked, it has a name of its own. */
function named(asked: readonly Question[]): readonly Question[] {
  const times = new Map<string, number>();
  return asked.map((question) => {
    const { name } = question;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { ...question, name: time === 1 ? name : `${name} (${time})` };
  });
}
