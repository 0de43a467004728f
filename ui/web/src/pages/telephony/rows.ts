// What a row of the Telephony list shows. Pure, so that every case can be tested.
import type { PhoneNumber } from '../../api/numbers';
import { guestPlace, type Place } from '../../api/seats';
import type { Device, Extension, User } from '../../api/types';
import { said } from '../../parts/time';

/** How long a handset may take until the number counts as active again, in ms. */
export const PENDING_FOR = 10_000;

export interface Row {
  number: PhoneNumber;
  extension?: Extension;
  /** First and last name of whom it is assigned to. */
  user: string;
  /** Where it is logged in as a guest, if it is. */
  place?: Place;
  /** Its own phone, when it is at home there and the phone is on. */
  home?: Device;
  status: PhoneNumber['status'];
  /** Its actions are there: it is in use, and not the main number. */
  may: boolean;
}

/** Whether a phone is still on its way to what it was told a moment ago. */
export function beingTold(d: Device, now: number): boolean {
  return d.resync === 'pending' && said(d.resync_at) && now - Date.parse(d.resync_at) < PENDING_FOR;
}

/** What people call a user. */
export const userName = (u: User): string => [u.first_name, u.last_name].filter(Boolean).join(' ') || u.email;

export function rowOf(number: PhoneNumber, extensions: readonly Extension[], users: readonly User[], devices: readonly Device[], busy: boolean, now: number): Row {
  const extension = extensions.find((e) => e.number === number.extension);
  const place = extension && guestPlace(extension.number, devices);
  const home = extension && devices.find((d) => d.registered && !d.personal && d.sitting?.some((s) => s.extension === extension.number && s.kind === 'home' && !s.vacated));
  const told = !!place && beingTold(place.device, now);
  const status = number.status === 'active' && (busy || told) ? 'pending' : number.status;
  const user = users.find((u) => u.id === number.user?.id);
  return { number, extension, user: user ? userName(user) : (number.user?.name ?? ''), place, home, status, may: status === 'active' && !number.main };
}

/** The handset of its own site at which a number in use is logged in; undefined: at none. */
export function handsetOf({ number, place, home }: Row): Device | undefined {
  const at = place ? place.device : home;
  return !number.main && number.status !== 'reserved' && at?.site?.id === number.site?.id ? at : undefined;
}

/** The two parts of the label, or nothing. */
export const labelOf = (n: PhoneNumber): string => (n.display ?? []).filter(Boolean).join(' ');

/** A Phone ID, with the phone's name where it has one. */
export const withName = (phoneId: string, name: string): string => (name ? `${phoneId} (${name})` : phoneId);

/** Rows by number, the main number first. */
export function inOrder(rows: Row[]): Row[] {
  return rows.sort((a, b) => Number(b.number.main) - Number(a.number.main) || a.number.number.localeCompare(b.number.number));
}

/** Whether what is typed is in the number or in whom it is assigned to. */
export function matches(row: Row, query: string): boolean {
  const text = [row.number.number, row.user, labelOf(row.number)].join('\n').toLowerCase();
  return query.toLowerCase().split(/\s+/).filter(Boolean).every((w) => text.includes(w));
}

/** Phones that are asked for by Phone ID: those of nobody in particular, that may be logged in at from here. */
export function handsets(site: string | undefined, devices: Iterable<Device>): { list: Device[]; manual: number } {
  const here = [...devices].filter((d) => !d.disabled && !d.never_shared && !d.personal && !d.retired_at && d.step !== 'seen' && d.step !== 'lobby' && !d.line && (!site || d.site?.id === site));
  const list = here.filter((d) => d.remote_login !== false).sort((a, b) => a.phone_id.localeCompare(b.phone_id));
  return { list, manual: here.length - list.length };
}
