// What the figures of a call's sound mean to people. Pure, so that it can be tested.
import type { Sound } from '../api/types';

export type Class = 'high' | 'medium' | 'low' | 'poor' | 'unknown';

/** The classes of ITU-T G.109 on the scale of MOS. */
export function classOf(mos: number): Class {
  if (!(mos > 0)) return 'unknown';
  return mos >= 4.03 ? 'high' : mos >= 3.6 ? 'medium' : mos >= 3.1 ? 'low' : 'poor';
}

/** The lower of both ends; undefined: neither was measured. */
export function worstOf(ends: readonly Sound[], figure: (s: Sound) => number | undefined): number | undefined {
  const all = ends.map(figure).filter((n): n is number => !!n && n > 0);
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** Share of packets that were lost or late over all of a call, 0 to 1. */
export function lossOf(s: Sound): number {
  if (s.loss !== undefined) return s.loss;
  const sent = (s.received ?? 0) + s.lost;
  return sent > 0 ? (s.lost + s.late) / sent : 0;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const millis = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
