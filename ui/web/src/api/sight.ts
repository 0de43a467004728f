// What phones and the appliance say to each other: registrations and traces.
import { useQuery } from '@tanstack/react-query';
import { ask, askAll } from './client';
import type { List } from './types';

/** One binding of a phone's line. */
export interface Bound {
  device: string;
  name: string;
  mac: string;
  model: string;
  line: number;
  /** Who sits there; empty: nobody. */
  extension: string;
  source: string;
  transport: string;
  user_agent: string;
  since: string;
  expires: string;
  /** Of the last request that the phone answered; 0: none yet. */
  round_trip_ms: number;
  flapping: boolean;
}

export interface LineHistory {
  line: number;
  flapping: boolean;
  steps: { at: string; kind: 'registered' | 'lost' | 'gone'; source: string; transport: string; user_agent: string }[] | null;
}

export interface Trace {
  id: string;
  name: string;
  by: string;
  started: string;
  ends: string;
  running: boolean;
  messages: number;
  /** Older messages that made room. */
  dropped: number;
}

export interface TraceMessage {
  at: string;
  /** To the appliance. */
  in: boolean;
  local: string;
  remote: string;
  transport: string;
  text: string;
}

/** Looked at again while the page is open: a refreshed binding is no news of the line. In ms. */
const AGAIN = 15_000;
/** The same of a trace that runs. */
const TRACED = 2000;

export const useRegistrations = () =>
  useQuery({ queryKey: ['registrations'], queryFn: ({ signal }) => askAll<Bound>('/registrations', signal), refetchInterval: AGAIN });

export const useTraces = (enabled: boolean) =>
  useQuery({
    queryKey: ['traces'],
    queryFn: async ({ signal }) => (await ask<List<Trace>>('GET', '/traces', undefined, signal)).items ?? [],
    enabled,
    refetchInterval: (q) => (q.state.data?.some((t) => t.running) ? TRACED : false),
  });

export const useTrace = (id: string) =>
  useQuery({
    queryKey: ['traces', id],
    queryFn: ({ signal }) => ask<{ trace: Trace; messages: TraceMessage[] | null }>('GET', `/traces/${id}`, undefined, signal),
    refetchInterval: (q) => (q.state.data?.trace.running ? TRACED : false),
    retry: false,
  });

/** The first line of a message: what it asks for, or how it was answered. */
export const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';
