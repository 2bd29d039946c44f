import { MANAGEMENT_SINCE, type ManagementNovelty } from './management-novelties.ts';

/** Which RabbitMQ the broker behaves like, where its series differ. */
export type Persona = '4' | '3.13' | '3.10';

/** What RabbitMQ does otherwise since a release within a series. */
export type Novelty =
  | ManagementNovelty
  | 'unicode-texts'
  | 'unknown-exchange-types-close-channels'
  | 'deaths-read-from-headers'
  | 'larger-frames'
  | 'bounded-contents'
  | 'limited-user-named'
  | 'channel-limit-without-brackets'
  | 'guarded-passive-declares'
  | 'undecoded-attributes'
  | 'timeouts-of-quorum-queues'
  | 'queues-timeouts'
  | 'delayed-retries'
  | 'known-filter-size'
  | 'denied-transient-queues'
  | 'permitted-transient-queues'
  | 'denied-queue-master-locator'
  | 'queue-modes-ignored'
  | 'empty-queue-types'
  | 'weights-bounded'
  | 'empty-list-hashed'
  | 'wildcards-bounded'
  | 'volatile-reply-queues'
  | 'max-age-compared-in-milliseconds'
  | 'ages-without-digits'
  | 'denied-global-prefetch'
  | 'cancelling-cancel-ok'
  | 'quoted-queue-type'
  | 'failed-deliveries'
  | 'successors-after-returns'
  | 'drops-in-order'
  | 'strict-priorities'
  | 'counted-properties'
  | 'later-expressions'
  | 'local-random-exchanges'
  | 'modulus-hash-exchanges';

/** The one place where versions are compared: elsewhere wirelike asks `release.has('larger-frames')`. Several: first in an older series. */
const SINCE: Readonly<Record<Novelty, string | readonly string[]>> = {
  ...MANAGEMENT_SINCE,
  /** Texts are put together from characters, not octets (`~ts`); 3.x sends them in Latin-1 (rabbit_binary_generator:amqp_exception_explanation/2). */
  'unicode-texts': '3.12.0',
  /** Declaring an exchange of no known type is a mistake of the channel's; before that of the connection's. */
  'unknown-exchange-types-close-channels': '3.13.3',
  /** 3.13 takes a publisher's word for how a message died, as far as it is complete (mc_amqpl:recover_deaths/2); 4.0 does not. */
  'deaths-read-from-headers': '3.13.3',
  /** A client may not ask for frames of less than 8192 bytes; before that 4096 (rabbit.hrl, FRAME_MIN_SIZE). */
  'larger-frames': '4.1.0',
  /**
   * A content is refused at once that announces more than any message may have (MAX_MSG_SIZE), or has more than it
   * announced; before that RabbitMQ waits for the rest for ever.
   */
  'bounded-contents': '4.2.6',
  /** A user's limit on channels is told with the user's name; in 3.13 and 4 before that the node's stood in its place (rabbit_reader:create_channel/2). */
  'limited-user-named': '4.2.6',
  /** … and with the number alone; before that in brackets. */
  'channel-limit-without-brackets': '4.3.2',
  /** Passive declares need some permission (rabbit_channel:check_any_resource_access_permitted/3). */
  'guarded-passive-declares': ['4.2.7', '4.3.1'],
  /** Names of certificates show attributes that Erlang does not know as Erlang 28 and later have them: not decoded. */
  'undecoded-attributes': '4.3.0',
  /** Deliveries of quorum queues alone time out; before that those of all queues. Their consumers may have timeouts of their own. */
  'timeouts-of-quorum-queues': '4.3.0',
  /** Quorum queues may be declared with a timeout of deliveries. */
  'queues-timeouts': '4.3.2',
  /** What comes back to a quorum queue may be delayed (x-delayed-retry-type). */
  'delayed-retries': '4.3.0',
  /** Other queues than streams refuse the size of a stream's filter. */
  'known-filter-size': ['4.2.7', '4.3.1'],
  /** Queues that are neither durable nor exclusive are denied (the deprecated feature transient_nonexcl_queues). */
  'denied-transient-queues': '4.3.0',
  /** … and permitted again. */
  'permitted-transient-queues': '4.3.6',
  /** The argument x-queue-master-locator is denied (the deprecated feature queue_master_locator). */
  'denied-queue-master-locator': '4.3.0',
  /** Anything goes as x-queue-mode, and 1 no more as x-queue-version. */
  'queue-modes-ignored': '4.3.0',
  /** A queue may be of no type, and of the type "undefined": then it is classic (rabbit_amqqueue:get_queue_type/2). */
  'empty-queue-types': ['4.2.8', '4.3.2'],
  /** A binding of a consistent hash exchange weighs 10,000 at most (MAX_BINDING_WEIGHT). */
  'weights-bounded': '4.2.6',
  /** An empty array or table as the header that a consistent hash exchange looks at; before that it crashed the channel. */
  'empty-list-hashed': '4.3.5',
  /** A binding to a topic exchange has no more than two words that stand for any number (rabbit_exchange_type_topic:validate_binding/2). */
  'wildcards-bounded': '4.3.5',
  /** An answer to somebody who no longer waits for it at amq.rabbitmq.reply-to is routed all the same (rabbit_volatile_queue). */
  'volatile-reply-queues': '4.2.0',
  /** An age without a number is refused; before that it crashed the channel. */
  'ages-without-digits': ['4.2.7', '4.3.1'],
  /** 1h and 60m are the same x-max-age, and texts name its milliseconds (rabbit_amqqueue:normalize_max_age/1). */
  'max-age-compared-in-milliseconds': '4.3.6',
  /** basic.qos for the whole channel is taken as for each consumer (the deprecated feature global_qos). */
  'denied-global-prefetch': '4.3.0',
  /** A text names the type of a queue that is not to be read with basic.get as Erlang prints a binary. */
  'quoted-queue-type': '4.2.0',
  /**
   * A delivery failed that is rejected with basic.reject or was on a channel that ended; basic.nack and basic.recover only
   * return it. The limit of a quorum queue is on failures alone, and classic queues count them, too. What comes back to a
   * quorum queue is always the next to be delivered.
   */
  'failed-deliveries': '4.3.0',
  /** Whatever the active consumer does with its last message, another of higher priority then takes over (rabbit_fifo:return/8). */
  'successors-after-returns': '4.1.2',
  /** What a quorum queue drops at once because it is full is dead-lettered in its order; before that the last first. */
  'drops-in-order': '4.2.1',
  /** Quorum queues deliver the highest of 32 priorities first; before that high ones and others two to one. */
  'strict-priorities': '4.3.0',
  /** The bytes of a message in a quorum queue are its properties', too; before that the body's. */
  'counted-properties': '4.3.0',
  /** Erlang 28 and later, which packages of the time run on, have PCRE2: other words for what is wrong with an expression. */
  'later-expressions': '4.3.0',
  /** A client may end a consumer with basic.cancel-ok; for one that is none that crashes the channel. */
  'cancelling-cancel-ok': '4.3.0',
  /** Exchanges of the type x-local-random. */
  'local-random-exchanges': '4.0.0',
  /** … and x-modulus-hash, which was the plugin rabbitmq_sharding's. */
  'modulus-hash-exchanges': '4.3.0',
};

/** A release of RabbitMQ. */
export class Release {
  /** '4.0.5' */
  readonly version: string;
  readonly persona: Persona;
  readonly #novelties: ReadonlySet<string>;

  constructor(version: string, persona: Persona) {
    this.version = version;
    this.persona = persona;
    this.#novelties = new Set(Object.entries(SINCE).flatMap(([novelty, since]) => (isSince(version, since) ? [novelty] : [])));
  }

  has(novelty: Novelty): boolean {
    return this.#novelties.has(novelty);
  }
}

/** '4.1.4' and '4' are RabbitMQ 4, '3.12.1' behaves like 3.13 and '3.8' like 3.10. */
export function personaOf(version: string): Persona | undefined {
  const [major, minor] = numbers(version);
  if (major === 4) return '4';
  if (major !== 3) return undefined;
  return (minor ?? 13) >= 11 ? '3.13' : '3.10';
}

/** The release of each series that is announced when nobody names one: those that wirelike was compared with. */
export const PERSONA_VERSIONS: Readonly<Record<Persona, string>> = { '4': '4.0.5', '3.13': '3.13.7', '3.10': '3.10.8' };

/** A persona, or a whole version; anything else is what is announced when nobody says otherwise. */
export function releaseOf(setting: string): Release {
  const persona = personaOf(setting) ?? '4';
  const isWhole = /^\d+\.\d+\.\d+/.test(setting) && personaOf(setting) !== undefined;
  return new Release(isWhole ? setting : PERSONA_VERSIONS[persona], persona);
}

function isSince(version: string, since: string | readonly string[]): boolean {
  const releases = typeof since === 'string' ? [since] : since;
  const [major, minor] = numbers(version);
  return releases.some((release, place) => {
    const [itsMajor, itsMinor] = numbers(release);
    const counts = place === releases.length - 1 || (major === itsMajor && minor === itsMinor);
    return counts && !isBefore(version, release);
  });
}

function isBefore(version: string, other: string): boolean {
  const theirs = numbers(other);
  const [at] = numbers(version).flatMap((number, place) => (number === theirs[place] ? [] : [place]));
  return at !== undefined && (numbers(version)[at] ?? 0) < (theirs[at] ?? 0);
}

/** Of a release candidate, the release's. */
function numbers(version: string): readonly number[] {
  return version
    .split('.')
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 10));
}
