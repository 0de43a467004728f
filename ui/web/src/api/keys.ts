// Programmable keys, the layouts they are kept in, and profiles that name them.
import { useQuery } from '@tanstack/react-query';
import { askAll } from './client';
import type { Ref } from './types';

export const KEY_TYPES = [
  'line', 'blf', 'speed', 'park', 'pickup', 'transfer', 'dnd', 'forward', 'record', 'queue',
  'login', 'logout', 'xml', 'voicemail', 'conference', 'hold', 'redial', 'none',
] as const;
export type KeyType = (typeof KEY_TYPES)[number];
export type KeyRule = 'everyone' | 'department' | 'site';

export interface Key {
  /** 0 or absent: the phone itself; from 1: its expansion modules. */
  module?: number;
  /** From 1; 0 or absent: the next free one. */
  position?: number;
  type: KeyType;
  value?: string;
  label?: string;
  line?: number;
  /** Fills the keys from here on, sorted by name. */
  rule?: KeyRule;
}

export interface Layout {
  id: string;
  revision: number;
  name: string;
  keys: Key[];
}

export interface Profile {
  id: string;
  revision: number;
  name: string;
  layout?: Ref | null;
}

export const useLayouts = () => useQuery({ queryKey: ['layouts'], queryFn: ({ signal }) => askAll<Layout>('/layouts', signal) });
