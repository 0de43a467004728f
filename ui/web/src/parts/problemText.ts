import { Problem } from '../api/problem';
import { i18next } from '../text/i18n';

/** The appliance's words, which begin small and end without a stop, as a sentence. */
export const sentence = (words: string): string => (words ? `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}` : '');

/** A refusal in plain words. */
export function problemText(e: unknown): string {
  const t = i18next.t;
  if (!(e instanceof Problem)) return sentence(e instanceof Error ? e.message : String(e));
  if (e.status === 0) return t('problem.unreachable');
  if (e.status === 403) return t('problem.forbidden');
  if (e.status === 404) return t('problem.gone');
  if (e.status === 429) return t('problem.slow', { seconds: e.retryAfter || 60 });
  const first = e.errors[0]?.message;
  return sentence(first && first !== e.message ? `${e.message}: ${first}` : e.message);
}
