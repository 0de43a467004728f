// Which alarms this browser has shown already.
import { useSyncExternalStore } from 'react';
import type { Alarm } from '../../api/onboarding';

const KEY = 'cradle.alarms.seen';
const listeners = new Set<() => void>();

const read = (): string => {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return ''; // A browser that keeps nothing shows every alarm as new.
  }
};

/** Until when alarms were seen, as the appliance writes times; empty: none were. */
export function useSeen(): string {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
}

/** The newest of the alarms, and all older ones, are seen. */
export function see(alarms: readonly Alarm[]): void {
  const newest = alarms.reduce((at, a) => (Date.parse(a.at) > (Date.parse(at) || 0) ? a.at : at), read());
  if (newest === read()) return;
  try {
    localStorage.setItem(KEY, newest);
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}

export const isNew = (a: Alarm, seen: string): boolean => Date.parse(a.at) > (Date.parse(seen) || 0);
