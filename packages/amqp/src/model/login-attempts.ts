import { login_sources_max } from './limits.ts';

/** How somebody logged in; RabbitMQ's names. */
export type LoginProtocol = 'amqp091' | 'http';

export interface LoginAttempt {
  readonly protocol: LoginProtocol;
  readonly address: string;
  /** As they call themselves; empty if that could not be made out. */
  readonly user: string;
}

export interface AttemptCount {
  succeeded: number;
  failed: number;
}

/** Who logged in and who was refused (rabbit_core_metrics:auth_attempt_succeeded/3 and its sibling). */
export class LoginAttempts {
  readonly byProtocol: Map<LoginProtocol, AttemptCount> = new Map();
  /** Only while sources are tracked. */
  readonly bySource: Map<string, LoginAttempt & AttemptCount> = new Map();

  /** `tracked`: the setting `track_auth_attempt_source`. */
  count(attempt: LoginAttempt, outcome: keyof AttemptCount, tracked: boolean): void {
    this.#ofProtocol(attempt)[outcome]++;
    if (!tracked) return;
    const key = keyOf(attempt);
    const source = this.bySource.get(key);
    if (source !== undefined) source[outcome]++;
    else if (this.bySource.size < login_sources_max) this.bySource.set(key, { ...attempt, succeeded: 0, failed: 0, [outcome]: 1 });
  }

  /** One that was counted as a success was refused after all. */
  correct(attempt: LoginAttempt): void {
    for (const count of [this.#ofProtocol(attempt), this.bySource.get(keyOf(attempt))]) {
      // Somebody may have cleared them meanwhile.
      if (count === undefined || count.succeeded === 0) continue;
      count.succeeded--;
      count.failed++;
    }
  }

  clear(): void {
    this.byProtocol.clear();
    this.bySource.clear();
  }

  #ofProtocol({ protocol }: LoginAttempt): AttemptCount {
    let count = this.byProtocol.get(protocol);
    if (count === undefined) {
      count = { succeeded: 0, failed: 0 };
      this.byProtocol.set(protocol, count);
    }
    return count;
  }
}

function keyOf({ protocol, address, user }: LoginAttempt): string {
  return `${protocol} ${address} ${user}`;
}
