// Where in a template's text one is. Pure, so that it can be tested.

export interface Place {
  /** The word before the cursor: ".phone.na", "orc"; empty: none yet. */
  word: string;
  /** Lists that are gone through here, the innermost last: "lines". */
  lists: string[];
}

const ACTION = /\{\{-?\s*(?:\/\*[\s\S]*?\*\/|([^{}]*?))\s*-?\}\}/g;

/** Says where one is in an action that is still open; undefined: in plain text. */
export function placeIn(before: string): Place | undefined {
  const open = before.lastIndexOf('{{');
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined;
  const action = before.slice(open + 2);
  if (inText(action)) return undefined;
  return { word: /\$?\.?[\w.]*$/.exec(action)?.[0] ?? '', lists: listsAt(before.slice(0, open)) };
}

/** Between quotes there is nothing to name. */
function inText(action: string): boolean {
  if (action.trimStart().startsWith('/*')) return true;
  return (action.replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

/** The lists of the ranges that are not ended yet. */
function listsAt(text: string): string[] {
  const open: (string | undefined)[] = [];
  for (const [, action = ''] of text.matchAll(ACTION)) {
    const [head = '', subject = ''] = action.trim().split(/\s+/);
    if (head === 'range') open.push(subject.replace(/^\$?\./, ''));
    else if (head === 'if' || head === 'with') open.push(undefined);
    else if (head === 'end') open.pop();
  }
  return open.filter((list): list is string => list !== undefined);
}
