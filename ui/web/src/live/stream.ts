// The open line to the appliance: server-sent events, taken up again whenever
// the line breaks, and the list read anew each time.
import { ask, askAll } from '../api/client';
import { Problem } from '../api/problem';
import type { Call, Device } from '../api/types';
import { empty, reduce, type LiveEvent, type LiveState } from './state';

/** Lists that are read when they are looked at. */
export type News = 'alarms' | 'strangers';

export interface StreamOptions {
  /** Asked only for what the person may read. */
  devices: boolean;
  calls: boolean;
  /** The session is over. */
  onLoggedOut: () => void;
  /** There is something new in one of them. */
  onNews?: (list: News) => void;
}

/** Events are gathered this long before the page is painted, in ms. */
const GATHER = 40;
/** News of a list are gathered this long before it is read again, in ms. */
const NEWS = 500;
/** Waits between tries, in ms; the last one stays. */
const WAITS = [500, 1000, 2000, 5000, 10000];
/** Longer asleep than this and the line is taken for dead, in ms. */
const ASLEEP = 40_000;

/** A line to the appliance with the state it keeps. */
export class Stream {
  private state: LiveState = empty;
  private gathered: LiveEvent[] = [];
  private paint: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private source: EventSource | undefined;
  private listeners = new Set<() => void>();
  private reading: AbortController | undefined;
  private hiddenAt = 0;
  private told = new Map<News, ReturnType<typeof setTimeout>>();
  private readonly options: StreamOptions;

  constructor(options: StreamOptions) {
    this.options = options;
  }

  readonly snapshot = (): LiveState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    document.addEventListener('visibilitychange', this.woken);
    window.addEventListener('online', this.reconnect);
    this.connect();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.woken);
    window.removeEventListener('online', this.reconnect);
    clearTimeout(this.paint);
    for (const timer of this.told.values()) clearTimeout(timer);
    this.told.clear();
    this.disconnect();
  }

  /** Puts a device in that an answer of the API held, before the stream tells. */
  put(device: Device): void {
    this.push({ type: 'device', device, at: Date.now() });
  }

  private readonly woken = (): void => {
    if (document.visibilityState === 'hidden') this.hiddenAt = Date.now();
    else if (this.hiddenAt && Date.now() - this.hiddenAt > ASLEEP) this.reconnect();
  };

  private readonly reconnect = (): void => {
    this.tries = 0;
    this.disconnect();
    this.connect();
  };

  private disconnect(): void {
    clearTimeout(this.retry);
    this.reading?.abort();
    this.source?.close();
    this.source = undefined;
  }

  private connect(): void {
    const source = new EventSource('/api/v1/stream');
    this.source = source;
    // Said once a connection, and again when the appliance had to leave
    // something out: read everything anew.
    source.addEventListener('hello', () => {
      this.tries = 0;
      void this.list();
      // Whatever came while the line was cut.
      this.news('alarms');
      this.news('strangers');
    });
    source.addEventListener('alarm', () => this.news('alarms'));
    source.addEventListener('stranger', () => this.news('strangers'));
    source.addEventListener('error', () => {
      this.push({ type: 'link', link: 'lost' });
      // The browser tries again by itself after a cut, not after a refusal.
      if (source.readyState === EventSource.CLOSED) this.again();
    });
    this.hear<Device>(source, 'device', (device) => ({ type: 'device', device, at: Date.now() }));
    this.hear<{ id: string }>(source, 'device_removed', ({ id }) => ({ type: 'device_removed', id }));
    this.hear<Call>(source, 'call', (call) => ({ type: 'call', call }));
    this.hear<{ id: string }>(source, 'call_ended', ({ id }) => ({ type: 'call_ended', id }));
  }

  private hear<T>(source: EventSource, name: string, toEvent: (data: T) => LiveEvent): void {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      let data: T;
      try {
        data = JSON.parse(message.data) as T;
      } catch {
        return; // A damaged event is made good by the next list.
      }
      this.push(toEvent(data));
    });
  }

  /** Many at once, as in a flood of alarms, make one reading. */
  private news(list: News): void {
    if (this.told.has(list)) return;
    this.told.set(
      list,
      setTimeout(() => {
        this.told.delete(list);
        this.options.onNews?.(list);
      }, NEWS),
    );
  }

  private again(): void {
    this.disconnect();
    const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)];
    this.retry = setTimeout(() => {
      ask('GET', '/session').then(
        () => this.connect(),
        (e: unknown) => {
          if (e instanceof Problem && e.status === 401) this.options.onLoggedOut();
          else this.again();
        },
      );
    }, wait);
  }

  private async list(): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.push({ type: 'listing' });
    try {
      const [devices, calls] = await Promise.all([
        this.options.devices ? askAll<Device>('/devices', reading.signal) : [],
        this.options.calls ? askAll<Call>('/calls', reading.signal) : [],
      ]);
      if (reading.signal.aborted) return;
      this.push({ type: 'listed', devices, calls, at: Date.now() }, { type: 'link', link: 'open' });
    } catch {
      if (reading.signal.aborted) return;
      this.push({ type: 'link', link: 'lost' });
      this.again();
    }
  }

  private push(...events: LiveEvent[]): void {
    this.gathered.push(...events);
    if (this.paint !== undefined) return;
    this.paint = setTimeout(() => {
      this.paint = undefined;
      this.state = reduce(this.state, this.gathered);
      this.gathered = [];
      for (const listener of this.listeners) listener();
    }, GATHER);
  }
}
