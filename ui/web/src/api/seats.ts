// Who sits where: read from the phones, changed by the seats' own addresses.
import { ask } from './client';
import type { Device, Extension } from './types';

/** A guest's place at a phone. */
export interface Place {
  device: Device;
  line: number;
  seat: string;
}

/** Where an extension is a guest now; undefined: nowhere but at home. */
export function guestPlace(number: string, devices: Iterable<Device>): Place | undefined {
  for (const device of devices) {
    for (const s of device.sitting ?? []) if (s.extension === number && s.seat) return { device, line: s.line, seat: s.seat };
  }
  return undefined;
}

/** Whether an extension may be logged in at other phones than its own. */
export const moves = (e: Extension): boolean => e.hot_desk;

interface Seated {
  id: string;
}

export const sit = (number: string, phoneId: string, line = 1) => ask<Seated>('POST', '/seats', { extension: number, phone_id: phoneId, ...(line > 1 && { line }) });
export const leave = (seat: string) => ask('DELETE', `/seats/${seat}`);

/**
 * Brings an extension to a phone, from where it is a guest now. Where the new
 * place is refused it goes back to the old one.
 */
export async function move(number: string, to: { phoneId: string; line?: number }, from: Place | undefined): Promise<Seated> {
  if (from) await leave(from.seat);
  try {
    return await sit(number, to.phoneId, to.line);
  } catch (e) {
    if (from) await sit(number, from.device.phone_id, from.line).catch(() => undefined);
    throw e;
  }
}
