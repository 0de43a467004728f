import { describe, expect, it } from 'vitest';
import type { Sound } from '../src/api/types';
import { classOf, lossOf, millis, percent, worstOf } from '../src/parts/sound';

const end = (more: Partial<Sound>): Sound => ({ codec: 'PCMU', encryption: '', lost: 0, late: 0, jitter_ms: 0, round_trip_ms: 0, mos: 0, silent: false, ...more });

describe('sound', () => {
  it.each([[0, 'unknown'], [NaN, 'unknown'], [1, 'poor'], [3.09, 'poor'], [3.1, 'low'], [3.6, 'medium'], [4.02, 'medium'], [4.03, 'high']])('%s is %s', (mos, kind) => expect(classOf(mos)).toBe(kind));
  it('takes the lower end, and leaves out one that was not measured', () => {
    expect(worstOf([end({ mos: 4.4 }), end({ mos: 3.1 })], (s) => s.mos)).toBe(3.1);
    expect(worstOf([end({ mos: 4.4 }), end({})], (s) => s.mos)).toBe(4.4);
    expect(worstOf([end({}), end({})], (s) => s.mos)).toBeUndefined();
  });
  it('counts lost and late packets of those that were sent', () => {
    expect(lossOf(end({ received: 90, lost: 10, late: 5 }))).toBeCloseTo(0.15);
    expect(lossOf(end({ loss: 0.02, lost: 90, received: 1 }))).toBe(0.02);
    expect(lossOf(end({}))).toBe(0);
  });
  it('is written shortly', () => expect([percent(0.0314), millis(2.44), millis(120.4)]).toEqual(['3.1 %', '2.4 ms', '120 ms']));
});
