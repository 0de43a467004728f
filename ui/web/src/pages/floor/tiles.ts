// What stands on a tile, and in which order tiles stand.
import { isFree } from '../../api/onboarding';
import type { Device, Sitting } from '../../api/types';
import { isWaiting } from '../phones/words';

export type TileState = 'free' | 'home' | 'guest' | 'away' | 'off' | 'waiting' | 'manual';

/** Who is at a phone now, line by line. */
export const presentAt = (d: Device): Sitting[] => (d.sitting ?? []).filter((s) => s.extension);

/** What is to be seen of a phone at a glance. */
export function stateOf(d: Device): TileState {
  const here = presentAt(d);
  if (here.some((s) => s.seat)) return 'guest';
  if (isWaiting(d)) return 'waiting';
  if (!d.registered) return 'off';
  if (here.some((s) => s.vacated)) return 'away';
  if (here.length > 0) return 'home';
  return isFree(d) ? 'free' : 'manual';
}

/** Whether somebody may be seated there from here. */
export const takes = (d: Device): boolean => d.registered && isFree(d);

export interface Room {
  name: string;
  devices: Device[];
}

/** Phones by room, rooms by name; those of no room come last. */
export function rooms(devices: readonly Device[]): Room[] {
  const by = new Map<string, Device[]>();
  for (const d of devices) by.set(d.room ?? '', [...(by.get(d.room ?? '') ?? []), d]);
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...by]
    .map(([name, list]) => ({ name, devices: list.sort((a, b) => order.compare(a.name || a.mac, b.name || b.mac)) }))
    .sort((a, b) => Number(a.name === '') - Number(b.name === '') || order.compare(a.name, b.name));
}
