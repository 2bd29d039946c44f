import { ControlError } from '@wirelike/kernel';
import { type Persona, personaOf } from '../model/index.ts';

/** Which RabbitMQ the broker claims to be, and behaves like. */
export interface Announced {
  readonly persona: Persona;
  /** `server-properties.version`. */
  readonly version: string;
  readonly platform: string;
  readonly copyright: string;
  /** The least `frame_max` a client may ask for: 8192 since 4.1 (rabbit.hrl, FRAME_MIN_SIZE). */
  readonly frame_min_bytes: number;
  /**
   * Since 4.2.6 a content is refused at once that announces more than any message may have (MAX_MSG_SIZE), or has more
   * than it announced; before that RabbitMQ waits for the rest for ever.
   */
  readonly boundsContents: boolean;
}

const BY_PERSONA: Readonly<Record<Persona, Announced>> = {
  '4': {
    persona: '4',
    version: '4.1.4',
    platform: 'Erlang/OTP 27.3.4',
    copyright: 'Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
    frame_min_bytes: 8_192,
    boundsContents: false,
  },
  '3.13': {
    persona: '3.13',
    version: '3.13.7',
    platform: 'Erlang/OTP 26.2.5',
    copyright: 'Copyright (c) 2007-2024 Broadcom Inc and/or its subsidiaries',
    frame_min_bytes: 4_096,
    boundsContents: false,
  },
  '3.10': {
    persona: '3.10',
    version: '3.10.8',
    platform: 'Erlang/OTP 25.2.3',
    copyright: 'Copyright (c) 2007-2022 VMware, Inc. or its affiliates.',
    frame_min_bytes: 4_096,
    boundsContents: false,
  },
};

/** `4`, `3.13`, `3.10`, or a whole version to announce: `4.0.5`. */
export function announced(setting: string): Announced {
  const persona = personaOf(setting) ?? '4';
  const known = BY_PERSONA[persona];
  if (!/^\d+\.\d+\.\d+/.test(setting) || personaOf(setting) === undefined) return known;
  const [major = 0, minor = 0, patch = 0] = setting.split('.').map((part) => Number.parseInt(part, 10));
  return { ...known, version: setting, boundsContents: major === 4 && (minor > 2 || (minor === 2 && patch >= 6)) };
}

/** Throws a `ControlError` for what {@link announced} would make nothing of. */
export function checkedPersona(setting: string): string {
  const known = Object.hasOwn(BY_PERSONA, setting) || (/^\d+\.\d+(\.\d+)?([-+.]|$)/.test(setting) && personaOf(setting) !== undefined);
  if (known || setting === '3') return setting;
  throw new ControlError(`amqp.persona: expected 4, 3.13, 3.10 or a whole version such as 4.0.5, found "${setting}"`);
}
