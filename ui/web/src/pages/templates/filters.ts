// Which models of the catalogue are shown.
import type { PhoneModel } from '../../api/templates';

export interface ModelFilter {
  q: string;
  vendor: string;
  kind: string;
  /** document, template, unsure, none; empty: any. */
  sure: string;
  own: boolean;
}

/** The filter as it stands in the page's address. */
export const filterIn = (params: URLSearchParams): ModelFilter => ({
  q: params.get('q') ?? '',
  vendor: params.get('vendor') ?? '',
  kind: params.get('kind') ?? '',
  sure: params.get('sure') ?? '',
  own: params.get('own') === '1',
});

export function pickModels(models: PhoneModel[], f: ModelFilter): PhoneModel[] {
  const words = f.q.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((m) => {
    const text = `${m.id} ${m.vendor} ${m.label} ${m.family}`.toLowerCase();
    return (
      words.every((w) => text.includes(w)) &&
      (f.vendor === '' || m.vendor === f.vendor) &&
      (f.kind === '' || m.kind === f.kind) &&
      (f.sure === '' || (m.sure || 'none') === f.sure) &&
      (!f.own || m.custom > 0)
    );
  });
}

/** Each value once, in order. */
export const each = (values: string[]): string[] => [...new Set(values.filter(Boolean))].sort((a, b) => a.localeCompare(b));
