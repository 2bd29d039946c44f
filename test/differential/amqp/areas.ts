import type { Area } from './scenario.ts';
import { acknowledgements } from './scenarios/acknowledgements.ts';
import { alarms } from './scenarios/alarms.ts';
import { connecting } from './scenarios/connecting.ts';
import { consistentHash } from './scenarios/consistent-hash.ts';
import { consumers } from './scenarios/consumers.ts';
import { content } from './scenarios/content.ts';
import { deadLetters } from './scenarios/dead-letters.ts';
import { declareErrors } from './scenarios/declare-errors.ts';
import { delayedMessages } from './scenarios/delayed-messages.ts';
import { encrypted } from './scenarios/encrypted.ts';
import { endings } from './scenarios/endings.ts';
import { exchanges } from './scenarios/exchanges.ts';
import { extremes } from './scenarios/extremes.ts';
import { heartbeats } from './scenarios/heartbeats.ts';
import { inOneWrite } from './scenarios/in-one-write.ts';
import { liveChanges } from './scenarios/live-changes.ts';
import { mutations } from './scenarios/mutations.ts';
import { oddArguments } from './scenarios/odd-arguments.ts';
import { operations } from './scenarios/operations.ts';
import { overTime } from './scenarios/over-time.ts';
import { permissions } from './scenarios/permissions.ts';
import { policies } from './scenarios/policies.ts';
import { policiesOverTime } from './scenarios/policies-over-time.ts';
import { publishing } from './scenarios/publishing.ts';
import { queueLimits } from './scenarios/queue-limits.ts';
import { queues } from './scenarios/queues.ts';
import { quorumDetails } from './scenarios/quorum-details.ts';
import { quorumQueues } from './scenarios/quorum-queues.ts';
import { streamReading } from './scenarios/stream-reading.ts';
import { streams } from './scenarios/streams.ts';
import { transactions } from './scenarios/transactions.ts';
import { violations } from './scenarios/violations.ts';
import { walks } from './scenarios/walks.ts';
import { walksOfArguments } from './scenarios/walks-of-arguments.ts';
import { walksOfConsumers } from './scenarios/walks-of-consumers.ts';
import { walksOfPolicies } from './scenarios/walks-of-policies.ts';
import { walksOfStreams } from './scenarios/walks-of-streams.ts';
import { isByHand } from './walking.ts';

/** By hand, against a RabbitMQ that has time: what several clients see at once depends on when each is heard. */
const byHand: readonly Area[] = isByHand ? [walksOfConsumers, walksOfStreams, walksOfPolicies] : [];

export const areas: readonly Area[] = [
  declareErrors,
  exchanges,
  consistentHash,
  delayedMessages,
  queues,
  queueLimits,
  deadLetters,
  consumers,
  acknowledgements,
  publishing,
  transactions,
  content,
  quorumQueues,
  quorumDetails,
  streams,
  streamReading,
  permissions,
  policies,
  oddArguments,
  violations,
  extremes,
  connecting,
  endings,
  overTime,
  walks,
  walksOfArguments,
  mutations,
  heartbeats,
  inOneWrite,
  // Last: what it does concerns the whole server.
  operations,
  policiesOverTime,
  liveChanges,
  alarms,
  encrypted,
  ...byHand,
];
