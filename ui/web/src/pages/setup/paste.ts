export interface Row {
  number: string;
  name: string;
}

export type PasteError = { line: number; kind: 'bad'; text: string } | { line: number; kind: 'twice'; number: string };

/**
 * Reads lines such as "101 Ada Lovelace"; between number and name may be
 * blanks, a tab, a comma, a semicolon, and the name may be quoted, as
 * spreadsheets do. Empty lines and a heading are passed over.
 */
export function parsePaste(text: string): { rows: Row[]; errors: PasteError[] } {
  const rows: Row[] = [];
  const errors: PasteError[] = [];
  const seen = new Set<string>();
  text.split(/\r\n|\r|\n/).forEach((raw, i) => {
    const line = raw.trim();
    if (line === '') return;
    const found = /^"?(\d{1,12})"?(?:(?:\s*[,;:\t]\s*|\s+(?:[-–]\s+)?)(.*))?$/u.exec(line);
    if (!found?.[1]) {
      if (i === 0 && !/\d/.test(line)) return;
      errors.push({ line: i + 1, kind: 'bad', text: line });
      return;
    }
    const number = found[1];
    if (seen.has(number)) {
      errors.push({ line: i + 1, kind: 'twice', number });
      return;
    }
    seen.add(number);
    rows.push({ number, name: unquote(found[2] ?? '') });
  });
  return { rows, errors };
}

function unquote(text: string): string {
  const t = text.trim();
  return t.length > 1 && t.startsWith('"') && t.endsWith('"') ? t.slice(1, -1).replaceAll('""', '"').trim() : t;
}

/** Puts pasted rows behind those that are there; a number that is there gets the new name. */
export function mergeRows(rows: Row[], pasted: Row[]): Row[] {
  const merged = rows.filter((r) => r.number.trim() !== '' || r.name.trim() !== '');
  for (const row of pasted) {
    const at = merged.findIndex((r) => r.number.trim() === row.number);
    if (at < 0) merged.push(row);
    else if (row.name !== '') merged[at] = row;
  }
  return merged;
}

/** The number after the highest one, for the next row. */
export function nextNumber(rows: Row[]): string {
  const numbers = rows.map((r) => r.number.trim()).filter((n) => /^\d{1,12}$/.test(n));
  const highest = numbers.reduce((a, b) => (BigInt(b) > BigInt(a) ? b : a), '0');
  return highest === '0' ? '' : String(BigInt(highest) + 1n).padStart(highest.length, '0');
}
