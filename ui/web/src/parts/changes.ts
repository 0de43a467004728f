/** What differs from before; all of it for a new record, less what is empty. */
export function changesOf<V extends object>(values: V, before: V, isNew: boolean): Partial<V> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const entries = Object.entries(values) as [keyof V, unknown][];
  const kept = entries.filter(([key, value]) => (isNew ? value !== '' && value !== null : !same(value, before[key])));
  return Object.fromEntries(kept) as Partial<V>;
}
