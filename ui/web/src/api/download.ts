// Files that come with an answer, handed to the browser to keep.
import { Problem } from './problem';

/** Asks for a file of the API and keeps it. Throws a Problem where it is refused. */
export async function download(path: string, name: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Problem(0);
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => undefined), Number(answer.headers.get('Retry-After')) || 0);
  keep(await answer.blob(), name);
}

/** Offers content as a file. */
export function keep(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
