// Unified differences: how their lines are shown, and how one is applied.

export type Mark = 'add' | 'del' | 'hunk' | 'same';

/** A unified difference line by line; the names of the files are left out. */
export function linesOf(diff: string): { mark: Mark; text: string }[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !line.startsWith('--- ') && !line.startsWith('+++ '))
    .map((text) => ({ mark: text.startsWith('@@') ? 'hunk' : text.startsWith('+') ? 'add' : text.startsWith('-') ? 'del' : 'same', text }));
}
