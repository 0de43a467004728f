// Keys on a phone: where they lie and how they are moved. Pure.
import type { Key } from '../../api/keys';
import type { PhoneModel } from '../../api/templates';

export interface Spot {
  /** 0: the phone itself. */
  module: number;
  /** From 1. */
  position: number;
}

/** Where a model's data do not say how many keys there are. */
const PHONE_KEYS = 10;
const MODULE_KEYS = 20;

/** How many keys a part of the phone has; where that is not known, at least so many as are used. */
export function sizeOf(model: PhoneModel | undefined, module: number, keys: Key[]): number {
  const known = module === 0 ? model?.keys : model?.module?.keys;
  if (known) return known;
  const used = keys.filter((k) => (k.module ?? 0) === module).map((k) => k.position ?? 0);
  return Math.max(module === 0 ? PHONE_KEYS : MODULE_KEYS, ...used);
}

/** Keys that have a place which this model does not have. */
export const beyond = (keys: Key[], model: PhoneModel | undefined): Key[] => keys.filter((k) => (k.position ?? 0) > sizeOf(model, k.module ?? 0, keys));

export const isAt = (k: Key, at: Spot): boolean => (k.module ?? 0) === at.module && k.position === at.position;
export const keyAt = (keys: Key[], at: Spot): Key | undefined => keys.find((k) => isAt(k, at));
export const unplaced = (keys: Key[]): Key[] => keys.filter((k) => !k.position);

/** Puts a key at a place, in the place of what was there. */
export function put(keys: Key[], at: Spot, key: Key | undefined): Key[] {
  const others = keys.filter((k) => !isAt(k, at));
  return key ? ordered([...others, { ...key, module: at.module, position: at.position }]) : others;
}

/** Moves a key; what lies there comes to where it was. */
export function move(keys: Key[], from: Spot, to: Spot): Key[] {
  const moved = keyAt(keys, from);
  if (!moved || (from.module === to.module && from.position === to.position)) return keys;
  const other = keyAt(keys, to);
  const rest = keys.filter((k) => k !== moved && k !== other);
  return ordered([...rest, { ...moved, ...to }, ...(other ? [{ ...other, ...from }] : [])]);
}

function ordered(keys: Key[]): Key[] {
  const place = (k: Key) => (k.position ? (k.module ?? 0) * 1000 + k.position : Number.MAX_SAFE_INTEGER);
  return [...keys].sort((a, b) => place(a) - place(b));
}

/** Keys stand in two columns, on the phone left and right of its screen. */
export const rowsOf = (size: number): number => Math.ceil(size / 2);

/** The key to which an arrow key leads from another; the same where there is none. */
export function beside(position: number, size: number, arrow: string): number {
  const rows = rowsOf(size);
  const to = { ArrowUp: position - 1, ArrowDown: position + 1, ArrowLeft: position - rows, ArrowRight: position + rows, Home: 1, End: size }[arrow];
  return to === undefined || to < 1 || to > size ? position : to;
}
