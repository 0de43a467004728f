// How phones are named, ordered and filtered.
import type { Device, Doors, Extension } from '../../api/types';
import { macOf } from '../../text/checks';

export const FILTERS = ['all', 'waiting', 'registered', 'unregistered', 'conflict', 'drift'] as const;
export type Filter = (typeof FILTERS)[number];

export const filterOf = (text: string | null): Filter => FILTERS.find((f) => f === text) ?? 'all';

/** What to call the phone's kind: the label, else what is known of it; empty: nothing. */
export function modelOf(d: Device): string {
  const label = d.model_label || d.model;
  if (!label) return d.vendor;
  const vendor = d.vendor.toLowerCase();
  return vendor && !label.toLowerCase().startsWith(vendor) ? `${d.vendor} ${label}` : label;
}

/** The same with words for a model that was not recognised. */
export function kindOf(d: Device, unknown: string): string {
  if (d.model_label || d.model) return modelOf(d);
  return d.vendor ? `${d.vendor}, ${unknown.toLowerCase()}` : unknown;
}

/** What to call the phone itself. */
export function nameOf(d: Device, unknown: string): string {
  return d.name || kindOf(d, unknown);
}

/** How a request went: served, refused, or for a file that no phone needs. */
export type Outcome = 'served' | 'absent' | 'refused';

/** A rule may be named whether or not it refused; only the status tells. */
export function outcomeOf(step: { status: number; rule: string }): Outcome {
  if (step.status >= 200 && step.status < 400) return 'served';
  return step.status === 404 && step.rule.includes('need not have it') ? 'absent' : 'refused';
}

/** The addresses to give to phones; without tftp that door is closed. Phones do not ask over the browser's https. */
export function addressesOf(at: { protocol: string; host: string; hostname: string }, doors?: Doors | null): { http: string; tftp: string } {
  const port = (n: number, usual: number) => (n === usual ? '' : `:${n}`);
  if (!doors) return { http: `http://${at.protocol === 'http:' ? at.host : at.hostname}/p/`, tftp: at.hostname };
  // A proxy's or a forwarded port is the one that works from outside.
  const plain = at.protocol === 'http:' ? at.host : `${at.hostname}${port(doors.http, 80)}`;
  const http = doors.http > 0 ? `http://${plain}/p/` : `https://${at.protocol === 'https:' ? at.host : `${at.hostname}${port(doors.https, 443)}`}/p/`;
  const tftp = doors.tftp === 69 ? at.hostname : `tftp://${at.hostname}${port(doors.tftp, 69)}/`;
  return { http, tftp: doors.tftp > 0 ? tftp : '' };
}

export const isWaiting = (d: Device): boolean => (d.step === 'seen' || d.step === 'lobby') && !d.disabled && !d.retired_at;

function fits(d: Device, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'waiting':
      return isWaiting(d);
    case 'registered':
      return d.registered;
    case 'unregistered':
      return !d.registered;
    case 'conflict':
      return d.conflict;
    case 'drift':
      return !!d.drift;
  }
}

function textOf(d: Device): string {
  const people = (d.sitting ?? []).map((s) => `${s.extension} ${s.name}`);
  return [d.mac, d.mac.replaceAll(':', ''), d.mac.replaceAll(':', '-'), modelOf(d), d.name, d.equipment, d.room, d.phone_id, d.firmware, d.site?.name, d.registration?.source, ...(d.lines ?? []), ...people]
    .join('\n')
    .toLowerCase();
}

/** The phones that fit, those that wait for somebody first, then the newest. */
export function pick(devices: Iterable<Device>, query: string, filter: Filter): Device[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Device[] = [];
  for (const d of devices) {
    if (!fits(d, filter)) continue;
    if (words.length > 0) {
      const text = textOf(d);
      if (!words.every((w) => text.includes(w))) continue;
    }
    found.push(d);
  }
  return found.sort(
    (a, b) =>
      Number(isWaiting(b)) - Number(isWaiting(a)) ||
      (b.seen_at ?? '').localeCompare(a.seen_at ?? '') ||
      a.mac.localeCompare(b.mac),
  );
}

/** The twelve digits of a MAC among what a scanner read; empty: none, or more than one. */
export function scannedMac(text: string): string {
  const whole = macOf(text);
  if (whole) return whole;
  const found = new Set<string>();
  for (const [digits] of text.matchAll(/(?<![0-9a-z])(?:[0-9a-f]{12}|[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![0-9a-z])/gi)) found.add(macOf(digits));
  return found.size === 1 ? [...found][0]! : '';
}

/** How an extension is listed where one chooses it. */
export const choiceOf = (e: { number: string; name: string }) => ({ value: e.number, label: `${e.number} ${e.name}`.trim() });

/**
 * The number that is meant by what stands in the field: that of the chosen
 * label, or one typed in full, however quickly Enter came; empty: a hot desk;
 * undefined: there is no such extension.
 */
export function meant(text: string, chosen: string | null, choices: readonly { value: string; label: string }[]): string | undefined {
  const typed = text.trim();
  if (typed === '') return '';
  if (chosen && choices.find((c) => c.value === chosen)?.label === typed) return chosen;
  return choices.find((c) => c.value === typed || c.label === typed)?.value;
}

/** Extensions that are no phone's home. */
export function withoutPhone(extensions: readonly Extension[], devices: Iterable<Device>): Extension[] {
  const homes = new Set([...devices].flatMap((d) => [d.line, ...(d.lines ?? [])]));
  return extensions.filter((e) => !homes.has(e.number));
}
