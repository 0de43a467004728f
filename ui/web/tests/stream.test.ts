import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stream } from '../src/live/stream';

/** An EventSource that the test plays. */
class Played extends EventTarget {
  static readonly CLOSED = 2;
  static all: Played[] = [];
  readyState = 1;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Played.all.push(this);
  }
  close() {
    this.readyState = 2;
  }
  say(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: typeof data === 'string' ? data : JSON.stringify(data) }));
  }
  refuse() {
    this.readyState = 2;
    this.dispatchEvent(new Event('error'));
  }
}

let answers: Record<string, () => Response>;
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const settle = () => vi.advanceTimersByTimeAsync(100);

beforeEach(() => {
  vi.useFakeTimers();
  Played.all = [];
  answers = { devices: () => json({ items: [{ id: 'a' }] }), calls: () => json({ items: [] }), session: () => json({}) };
  vi.stubGlobal('EventSource', Played);
  vi.stubGlobal('fetch', (url: string) => Promise.resolve(answers[/v1\/(\w+)/.exec(url)?.[1] ?? '']?.() ?? json({}, 404)));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function started(onLoggedOut = () => {}) {
  const stream = new Stream({ devices: true, calls: true, onLoggedOut });
  stream.start();
  return { stream, source: () => Played.all.at(-1)! };
}

describe('Stream', () => {
  it('reads the list after each hello and then listens', async () => {
    const { stream, source } = started();
    source().say('hello', { revision: 1 });
    await settle();
    expect(stream.snapshot()).toMatchObject({ loaded: true, link: 'open' });
    source().say('device', { id: 'b' });
    source().say('device', '{damaged');
    await settle();
    expect([...stream.snapshot().devices.keys()]).toEqual(['a', 'b']);
    answers.devices = () => json({ items: [{ id: 'b' }] });
    source().say('hello', { revision: 2 });
    await settle();
    expect([...stream.snapshot().devices.keys()]).toEqual(['b']);
    stream.stop();
  });

  it('connects again after a refusal', async () => {
    const { stream, source } = started();
    source().refuse();
    await settle();
    expect(stream.snapshot().link).toBe('lost');
    await vi.advanceTimersByTimeAsync(1000);
    expect(Played.all).toHaveLength(2);
    source().say('hello', {});
    await settle();
    expect(stream.snapshot().link).toBe('open');
    stream.stop();
  });

  it('says so when the session is over, and stops trying', async () => {
    const over = vi.fn();
    const { stream, source } = started(over);
    answers.session = () => json({}, 401);
    source().refuse();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(over).toHaveBeenCalledTimes(1);
    expect(Played.all).toHaveLength(1);
    stream.stop();
  });

  it('does nothing more after stop', async () => {
    const { stream, source } = started();
    source().refuse();
    stream.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Played.all).toHaveLength(1);
  });
});
