import { Problem } from '../api/problem';
import { i18next } from '../text/i18n';

/** A refusal in plain words. */
export function problemText(e: unknown): string {
  const t = i18next.t;
  if (!(e instanceof Problem)) return t('problem.other', { detail: e instanceof Error ? e.message : String(e) });
  if (e.status === 0) return t('problem.unreachable');
  if (e.status === 403) return t('problem.forbidden');
  if (e.status === 404) return t('problem.gone');
  if (e.status === 429) return t('problem.slow', { seconds: e.retryAfter || 60 });
  const first = e.errors[0]?.message;
  return t('problem.other', { detail: first && first !== e.message ? `${e.message}: ${first}` : e.message });
}
