import { ControlError } from '@wirelike/kernel';
import { personaOf, type Release } from '../model/index.ts';

/** What connection.start says of the release that the broker is. */
export interface Announced {
  readonly release: Release;
  readonly platform: string;
  readonly copyright: string;
  /** The least `frame_max` a client may ask for. */
  readonly frame_min_bytes: number;
}

/** By series: the Erlang it is built with, the year in its copyright and who holds it (rabbit.hrl, COPYRIGHT_MESSAGE). */
const BUILDS: Readonly<Record<string, readonly [erlang: string, year: number]>> = {
  '4.3': ['29.1.1', 2026],
  '4.2': ['27.3.4', 2025],
  '4.1': ['27.3.4', 2025],
  '4.0': ['27.3.4.1', 2024],
  '3.13': ['26.2.5', 2024],
  '3.12': ['25.3.2', 2023],
  '3.11': ['25.2.3', 2022],
  '3.10': ['25.2.3', 2022],
};
const NEWEST = '4.3';
const OLDEST = '3.10';

const ANNOUNCED = new WeakMap<Release, Announced>();

/** What every connection to `release` is told. */
export function announcedBy(release: Release): Announced {
  let known = ANNOUNCED.get(release);
  if (known === undefined) {
    known = announcementOf(release);
    ANNOUNCED.set(release, known);
  }
  return known;
}

function announcementOf(release: Release): Announced {
  const [, series = ''] = /^(\d+\.\d+)/.exec(release.version) ?? [];
  const [erlang, year] = BUILDS[series] ?? BUILDS[release.persona === '4' ? NEWEST : OLDEST] ?? ['', 0];
  const holder = year >= 2024 ? 'Broadcom Inc and/or its subsidiaries' : 'VMware, Inc. or its affiliates.';
  return {
    release,
    platform: `Erlang/OTP ${erlang}`,
    copyright: `Copyright (c) 2007-${year} ${holder}`,
    frame_min_bytes: release.has('larger-frames') ? 8_192 : 4_096,
  };
}

/** `4`, `3.13`, `3.10`, or a whole version to be: `4.0.5`. Throws a `ControlError` for anything else. */
export function checkedPersona(setting: string): string {
  const known =
    ['4', '3', '3.13', '3.10'].includes(setting) || (/^\d+\.\d+(\.\d+)?([-+.]|$)/.test(setting) && personaOf(setting) !== undefined);
  if (known) return setting;
  throw new ControlError(`amqp.persona: expected 4, 3.13, 3.10 or a whole version such as 4.0.5, found "${setting}"`);
}
