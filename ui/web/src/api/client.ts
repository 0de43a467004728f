import { Problem } from './problem';
import type { List } from './types';

/** Asks the appliance. Throws a Problem for every answer that is no success. */
export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal,
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Problem(0);
  }
  const text = await answer.text();
  const said: unknown = text === '' ? undefined : parse(text);
  if (!answer.ok) throw new Problem(answer.status, said, Number(answer.headers.get('Retry-After')) || 0);
  return said as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How many records a list asks for at once, and how many pages at most. */
const PAGE = 500;
const PAGES = 40;

/** Reads a whole list, page after page. */
export async function askAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES; page++) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (cursor) query.set('cursor', cursor);
    const list = await ask<List<T>>('GET', `${path}?${query.toString()}`, undefined, signal);
    all.push(...(list.items ?? []));
    cursor = list.next ?? '';
    if (cursor === '') break;
  }
  return all;
}
