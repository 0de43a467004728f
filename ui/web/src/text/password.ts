export type Strength = 'none' | 'weak' | 'fair' | 'good' | 'strong';

/** The shortest password that the appliance takes, in characters. */
export const MIN_PASSWORD = 12;

const USUAL = /^(password|passwort|qwert|admin|letmein|welcome|cradle|changeme|123456|abcdef)/i;

/** A hint only: what counts is length and that characters differ. */
export function strengthOf(password: string): Strength {
  const length = [...password].length;
  if (length === 0) return 'none';
  const distinct = new Set(password.toLowerCase()).size;
  if (length < MIN_PASSWORD || distinct < 5 || USUAL.test(password)) return 'weak';
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((k) => k.test(password)).length;
  const points = length + (kinds - 1) * 2 + Math.min(distinct, 12) / 2;
  if (points >= 28) return 'strong';
  return points >= 22 ? 'good' : 'fair';
}
