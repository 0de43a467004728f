// Firmware files that phones may load.
import { useQuery } from '@tanstack/react-query';
import { askAll } from './client';

export interface FirmwareFile {
  id: string;
  revision: number;
  vendor: string;
  models: string[];
  version: string;
  /** The name by which phones ask for it. */
  file: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** The least version a phone must have before. */
  after: string;
  /** Why it must not be used; empty: it may be. */
  bad: string;
  at: string;
  phones?: number;
}

export const useFirmware = () => useQuery({ queryKey: ['firmware'], queryFn: ({ signal }) => askAll<FirmwareFile>('/firmware', signal) });

/** "12.3 MB". */
export function sizeText(bytes: number): string {
  const units = ['kB', 'MB', 'GB'];
  let n = bytes / 1000;
  let i = 0;
  for (; n >= 1000 && i < units.length - 1; i++) n /= 1000;
  return `${n.toFixed(n < 10 ? 1 : 0)} ${units[i]}`;
}
