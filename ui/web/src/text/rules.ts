// Rules of forms' fields, as zod checks with words of our own.
import * as z from 'zod/mini';
import { i18next } from './i18n';
import { MIN_PASSWORD } from './password';

export const text = (good: (value: string) => boolean, say: () => string) => z.string().check(z.refine((v) => good(v.trim()), { error: say }));

export const filled = (say: () => string) => text((v) => v !== '', say);

/** A list of texts; the first that is wrong is named. */
export const each = (good: (value: string) => boolean, say: (value: string) => string) =>
  z.array(z.string()).check((ctx) => {
    const bad = ctx.value.find((v) => !good(v.trim()));
    if (bad !== undefined) ctx.issues.push({ code: 'custom', message: say(bad), input: ctx.value });
  });

/** A new password; where none is needed, empty is good too. */
export const password = (needed: boolean) =>
  z.string().check((ctx) => {
    const length = [...ctx.value].length;
    if (length >= MIN_PASSWORD || (length === 0 && !needed)) return;
    const message = length === 0 ? i18next.t('password.needed') : i18next.t('password.short', { missing: MIN_PASSWORD - length });
    ctx.issues.push({ code: 'custom', message, input: ctx.value });
  });
