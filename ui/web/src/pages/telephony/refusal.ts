import { Problem } from '../../api/problem';
import { problemText, sentence } from '../../parts/problemText';

/** What keeps a number from being logged in, in the appliance's words. */
export function refusal(e: Error): string {
  return e instanceof Problem && (e.status === 409 || e.errors.length > 0) ? sentence(e.errors[0]?.message ?? e.message) : problemText(e);
}
