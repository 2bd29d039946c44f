import { Clock } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Rates } from './rates.ts';

function frozen(): { clock: Clock; rates: Rates } {
  const clock = new Clock();
  clock.freeze();
  return { clock, rates: new Rates(clock) };
}

it('tells changes per second of the world’s clock between two looks', () => {
  const { clock, rates } = frozen();
  const queue = {};
  expect(rates.rate(queue, 'publish', 0)).toBe(0);
  clock.advance(10_000);
  expect(rates.rate(queue, 'publish', 25)).toBe(2.5);
  clock.advance(10_000);
  expect(rates.rate(queue, 'publish', 25)).toBe(0);
});

it('keeps a rate for as long as a sample lasts, and tells what came since as if the sample were over', () => {
  const { clock, rates } = frozen();
  const queue = {};
  rates.rate(queue, 'publish', 0);
  clock.advance(1);
  expect(rates.rate(queue, 'publish', 10)).toBe(2);
  clock.advance(4_999);
  expect(rates.rate(queue, 'publish', 10)).toBe(2);
  clock.advance(1_000);
  expect(rates.rate(queue, 'publish', 500)).toBe(2);
});

it('stands still on a frozen clock, and starts over when it is set back', () => {
  const { clock, rates } = frozen();
  const queue = {};
  clock.set(1_000_000);
  rates.rate(queue, 'messages', 5);
  clock.set(500_000);
  expect(rates.rate(queue, 'messages', 50)).toBe(0);
  clock.advance(5_000);
  expect(rates.rate(queue, 'messages', 0)).toBe(-10);
});

it('tells since when nothing has happened, as far as anybody has looked', () => {
  const { clock, rates } = frozen();
  const [queue, beginning] = [{}, clock.now()];
  clock.advance(10_000);
  expect(rates.idleSince(queue, [0, 0], beginning)).toBe(beginning);
  expect(rates.idleSince(queue, [1, 0], beginning)).toBe(beginning + 10_000);
  clock.advance(10_000);
  expect(rates.idleSince(queue, [1, 0], beginning)).toBe(beginning + 10_000);
  expect(rates.idleSince(queue, [1, 1], beginning)).toBe(beginning + 20_000);
  expect(rates.idleSince({}, [3], beginning)).toBe(beginning + 20_000);
  clock.set(beginning + 5_000);
  expect(rates.idleSince(queue, [1, 1], beginning)).toBe(beginning + 5_000);
});
