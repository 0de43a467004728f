// What a level says, and what of it was changed. Pure.
import type { SettingSchema } from '../../api/templates';

/** Values by name; what is not there is not said. */
export type Said = Record<string, string>;

export interface Change {
  key: string;
  /** Undefined: to be taken back. */
  value?: string;
}

/** What is to be done so that a level says what was written. */
export function changesIn(before: Said, now: Said): Change[] {
  const changes: Change[] = [];
  for (const key of Object.keys(now)) if (now[key] !== before[key]) changes.push({ key, value: now[key] });
  for (const key of Object.keys(before)) if (!(key in now)) changes.push({ key });
  return changes;
}

/** Settings that fit a filter, by the first part of their names. */
export function grouped(all: SettingSchema[], query: string, only?: Said): [string, SettingSchema[]][] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, SettingSchema[]>();
  for (const s of all) {
    const text = `${s.name} ${s.doc}`.toLowerCase();
    if (!words.every((w) => text.includes(w)) || (only && !(s.name in only))) continue;
    const group = s.name.split('.')[0]!;
    groups.set(group, [...(groups.get(group) ?? []), s]);
  }
  return [...groups];
}

/** Settings of a vendor: "raw.yealink.lang.gui". */
export const isRaw = (key: string): boolean => key.startsWith('raw.');
