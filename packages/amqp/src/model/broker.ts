import type { Clock, Model, ModelDump, ModelSnapshot, Random } from '@wirelike/kernel';
import { BrokerConnection, type ConnectionRequest } from './broker-connection.ts';
import type { Persona } from './persona.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly persona?: Persona;
}

export interface LoginOrigin {
  /** The client is on this machine: `guest` may only log in from there. */
  readonly loopback: boolean;
}

/** A RabbitMQ broker without its wire: usable in process. */
export class Broker implements Model {
  readonly clock: Clock;
  readonly random: Random;
  readonly persona: Persona;

  constructor(options: BrokerOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.persona = options.persona ?? '4';
  }

  /** Throws `login-refused`. Returns the user's name. `password` is undefined for mechanisms that proved the identity otherwise (EXTERNAL). */
  authenticate(user: string, _password: string | undefined, _origin: LoginOrigin): string {
    return user;
  }

  /** The user of SASL ANONYMOUS (RabbitMQ 4: `anonymous_login_user`, guest by default). */
  get anonymousUser(): string | undefined {
    return 'guest';
  }

  /** Throws `no-vhost`, `vhost-refused`, `vhost-connection-limit`, `user-connection-limit`. */
  connect(request: ConnectionRequest): BrokerConnection {
    return new BrokerConnection(request);
  }

  /** Does what became possible: deliveries, confirms. Runs by itself in a microtask if nobody calls it. */
  pump(): void {}

  snapshot(): ModelSnapshot {
    return { emulator: 'amqp' };
  }
  restore(_snapshot: ModelSnapshot): void {}
  reset(): void {}
  dump(): ModelDump {
    return { emulator: 'amqp', version: 1, state: {} };
  }
  load(_dump: ModelDump): void {}
}
