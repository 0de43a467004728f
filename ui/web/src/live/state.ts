// What the stream keeps up to date: phones and calls. Pure, so that every order
// of events can be tested.
import type { Call, Device } from '../api/types';

export type Link = 'connecting' | 'open' | 'lost';

export interface LiveState {
  devices: ReadonlyMap<string, Device>;
  calls: ReadonlyMap<string, Call>;
  /** The list was read at least once. */
  loaded: boolean;
  link: Link;
  /** Phones that arrived while the page was open, by when (ms). */
  fresh: ReadonlyMap<string, number>;
  /** Events that came before the list; they are played again on top of it. */
  waiting: readonly Change[];
  /** A list is being read. */
  listing: boolean;
}

type Change =
  | { type: 'device'; device: Device; at: number }
  | { type: 'device_removed'; id: string }
  | { type: 'call'; call: Call }
  | { type: 'call_ended'; id: string };

export type LiveEvent =
  | Change
  | { type: 'link'; link: Link }
  | { type: 'listing' }
  | { type: 'listed'; devices: Device[]; calls: Call[]; at: number };

export const empty: LiveState = {
  devices: new Map(),
  calls: new Map(),
  loaded: false,
  link: 'connecting',
  fresh: new Map(),
  waiting: [],
  listing: false,
};

/** How long a phone counts as newly arrived, in ms. */
export const FRESH_FOR = 8000;

interface Draft extends LiveState {
  devices: Map<string, Device>;
  calls: Map<string, Call>;
  fresh: Map<string, number>;
  waiting: Change[];
}

/** Applies events in their order. Maps are copied once for all of them. */
export function reduce(state: LiveState, events: readonly LiveEvent[]): LiveState {
  if (events.length === 0) return state;
  const draft: Draft = {
    ...state,
    devices: new Map(state.devices),
    calls: new Map(state.calls),
    fresh: new Map(state.fresh),
    waiting: [...state.waiting],
  };
  for (const event of events) apply(draft, event);
  return draft;
}

function apply(draft: Draft, event: LiveEvent): void {
  switch (event.type) {
    case 'link':
      draft.link = event.link;
      return;
    case 'listing':
      draft.listing = true;
      draft.waiting = [];
      return;
    case 'listed':
      list(draft, event.devices, event.calls, event.at);
      return;
    default:
      if (draft.listing) draft.waiting.push(event);
      if (draft.loaded) change(draft, event);
  }
}

function list(draft: Draft, devices: Device[], calls: Call[], at: number): void {
  const before = draft.devices;
  draft.devices = new Map(devices.map((d) => [d.id, d]));
  draft.calls = new Map(calls.map((c) => [c.id, c]));
  if (draft.loaded) {
    for (const d of devices) if (!before.has(d.id)) draft.fresh.set(d.id, at);
  }
  draft.loaded = true;
  draft.listing = false;
  for (const event of draft.waiting) change(draft, event);
  draft.waiting = [];
}

function change(draft: Draft, event: Change): void {
  switch (event.type) {
    case 'device':
      if (!draft.devices.has(event.device.id)) draft.fresh.set(event.device.id, event.at);
      draft.devices.set(event.device.id, event.device);
      return;
    case 'device_removed':
      draft.devices.delete(event.id);
      draft.fresh.delete(event.id);
      return;
    case 'call':
      draft.calls.set(event.call.id, event.call);
      return;
    case 'call_ended':
      draft.calls.delete(event.id);
  }
}
