// What everybody sees and changes of himself.
import { useQuery } from '@tanstack/react-query';
import { ask, askAll } from './client';
import type { PhoneNumber } from './numbers';

export interface OwnPhone {
  phone_id: string;
  name: string;
  equipment: string;
  line: number;
}

export interface OwnExtension {
  id: string;
  revision: number;
  number: string;
  name: string;
  pin: 'none' | 'default' | 'chosen';
  /** May sit at other phones than its own. */
  hot_desk: boolean;
  virtualization: { allow: boolean; has_secret: boolean };
  phones: OwnPhone[];
  /** Where it is a guest; absent: nowhere. */
  guest?: (OwnPhone & { kind: 'login' | 'virtual'; base: string }) | null;
}

export interface Handset {
  phone_id: string;
  name: string;
  room: string;
  equipment: string;
}

/** Seats move by other doors too; nobody waits longer than this to see it, in ms. */
const AGAIN = 1000;

export const useOwnExtensions = () =>
  useQuery({ queryKey: ['own', 'extensions'], queryFn: ({ signal }) => askAll<OwnExtension>('/own/extensions', signal), refetchInterval: AGAIN });

export const useOwnNumbers = () =>
  useQuery({ queryKey: ['own', 'numbers'], queryFn: ({ signal }) => askAll<PhoneNumber>('/own/numbers', signal), refetchInterval: AGAIN });

export const useHandsets = (extension: string) =>
  useQuery({ queryKey: ['own', 'handsets', extension], queryFn: () => ask<{ items: Handset[] | null; manual: number }>('GET', `/own/extensions/${extension}/handsets`), refetchInterval: AGAIN });

export const ownLogin = (extension: string, phoneId: string) => ask('POST', `/own/extensions/${extension}/login`, { phone_id: phoneId });
export const ownReturn = (extension: string) => ask('POST', `/own/extensions/${extension}/return-to-base`);
