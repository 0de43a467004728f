// Numbers by which one is called from outside.
import { useQuery } from '@tanstack/react-query';
import { askAll } from './client';
import type { Ref } from './types';

export interface PhoneNumber {
  id: string;
  revision: number;
  number: string;
  status: 'reserved' | 'active' | 'pending';
  /** The main number of its site; read-only. */
  main: boolean;
  /** The two parts of its label. */
  display: string[] | null;
  site?: Ref | null;
  user?: Ref | null;
  /** Its number; empty: none. */
  extension: string;
}

export const useNumbers = () => useQuery({ queryKey: ['numbers'], queryFn: ({ signal }) => askAll<PhoneNumber>('/numbers', signal) });
