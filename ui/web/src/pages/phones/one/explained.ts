// What the appliance explains of one phone, read once for several panels.
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../../api/client';
import type { Explained, Setting } from '../../../api/onboarding';
import type { Device } from '../../../api/types';

export function useExplained(device: Device) {
  return useQuery({
    queryKey: ['explained', device.id, device.revision, device.step, device.model],
    queryFn: ({ signal }) => ask<Explained>('GET', `/devices/${device.id}/settings`, undefined, signal),
    // What is open on the page stays so while the phone changes.
    placeholderData: (before, query) => (query?.queryKey[1] === device.id ? before : undefined),
    gcTime: 30_000,
  });
}

/** The settings that hold every word, and are said by the layer; an empty layer is every one. */
export function pickSettings(settings: readonly Setting[], query: string, layer: string): Setting[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter((s) => {
    if (layer && s.layer !== layer) return false;
    const text = `${s.name}\n${s.value}\n${s.doc}\n${s.of}`.toLowerCase();
    return words.every((w) => text.includes(w));
  });
}

export type DiffLine = { kind: 'add' | 'remove' | 'same' | 'place'; text: string };

/** A difference in the unified form, line by line, without its heading. */
export function parseDiff(diff: string): DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const begin = lines.findIndex((l) => l.startsWith('@@'));
  return lines.slice(Math.max(begin, 0)).filter((l) => !l.startsWith('\\')).map((l) => {
    if (l.startsWith('@@')) return { kind: 'place', text: l };
    if (l.startsWith('+')) return { kind: 'add', text: l.slice(1) };
    if (l.startsWith('-')) return { kind: 'remove', text: l.slice(1) };
    return { kind: 'same', text: l.slice(1) };
  });
}
