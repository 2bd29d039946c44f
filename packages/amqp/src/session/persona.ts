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
  /** Beyond this the header of a content is refused (MAX_MSG_SIZE); up to here a body that is too large is read first. */
  readonly content_max_bytes: number;
}

const MEBIBYTE = 1_048_576;

const BY_PERSONA: Readonly<Record<Persona, Announced>> = {
  '4': {
    persona: '4',
    version: '4.1.4',
    platform: 'Erlang/OTP 27.3.4',
    copyright: 'Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
    frame_min_bytes: 8_192,
    content_max_bytes: 512 * MEBIBYTE,
  },
  '3.13': {
    persona: '3.13',
    version: '3.13.7',
    platform: 'Erlang/OTP 26.2.5',
    copyright: 'Copyright (c) 2007-2024 Broadcom Inc and/or its subsidiaries',
    frame_min_bytes: 4_096,
    content_max_bytes: 512 * MEBIBYTE,
  },
  '3.10': {
    persona: '3.10',
    version: '3.10.8',
    platform: 'Erlang/OTP 25.2.3',
    copyright: 'Copyright (c) 2007-2022 VMware, Inc. or its affiliates.',
    frame_min_bytes: 4_096,
    content_max_bytes: 512 * MEBIBYTE,
  },
};

/** `4`, `3.13`, `3.10`, or a whole version to announce: `4.0.5`. */
export function announced(setting: string): Announced {
  const persona = personaOf(setting) ?? '4';
  const known = BY_PERSONA[persona];
  return /^\d+\.\d+\.\d+/.test(setting) && personaOf(setting) !== undefined ? { ...known, version: setting } : known;
}

/** Throws a `ControlError` for what {@link announced} would make nothing of. */
export function checkedPersona(setting: string): string {
  const known = Object.hasOwn(BY_PERSONA, setting) || (/^\d+\.\d+(\.\d+)?([-+.]|$)/.test(setting) && personaOf(setting) !== undefined);
  if (known || setting === '3') return setting;
  throw new ControlError(`amqp.persona: expected 4, 3.13, 3.10 or a whole version such as 4.0.5, found "${setting}"`);
}
