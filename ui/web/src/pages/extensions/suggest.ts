import type { Device, Extension } from '../../api/types';

/** A device's ID by an extension's ID; empty: none. */
export type Chosen = Record<string, string>;

/** Gives each extension that has none a free phone of its site; what was chosen stays. */
export function suggest(extensions: readonly Extension[], free: readonly Device[], chosen: Chosen): Chosen {
  const next = { ...chosen };
  const taken = new Set(Object.values(chosen).filter(Boolean));
  for (const e of extensions) {
    if (next[e.id]) continue;
    const device = free.find((d) => !taken.has(d.id) && (!e.site || d.site?.id === e.site.id));
    if (!device) continue;
    next[e.id] = device.id;
    taken.add(device.id);
  }
  return next;
}
