// What each step asks for, checked before the appliance is.
import * as z from 'zod/mini';
import { isDomain, isEmail, isEmergency, isExtension, isNetwork } from '../../text/checks';
import { i18next } from '../../text/i18n';
import { each, filled, password, text } from '../../text/rules';
import { isBlank, type Draft, type StepName } from './draft';
import '../../text/setup';

const t = i18next.t;

const token = z.object({ token: filled(() => t('setup.token.needed')) });

const organization = z.object({
  name: filled(() => t('setup.organization.needName')),
  domain: text(isDomain, () => t('setup.organization.badDomain')),
});

const administrator = z.object({ email: text(isEmail, () => t('setup.administrator.badEmail')), password: password(true), confirm: z.string() }).check(
  z.refine((v) => v.password === v.confirm, { path: ['confirm'], error: () => t('password.differs'), when: () => true }),
);

const site = z.object({
  name: filled(() => t('setup.site.needName')),
  timezone: filled(() => t('setup.site.needZone')),
  networks: each(isNetwork, (value) => t('setup.site.badNetwork', { value })),
  emergency: each(isEmergency, (value) => t('setup.site.badEmergency', { value })),
});

const extensions = z.array(z.object({ number: z.string(), name: z.string() })).check((ctx) => {
  const seen = new Set<string>();
  ctx.value.forEach((row, i) => {
    if (isBlank(row)) return;
    const number = row.number.trim();
    const say = (field: string, message: string) => ctx.issues.push({ code: 'custom', path: [i, field], message, input: row });
    if (!isExtension(number)) say('number', t('setup.extensions.badNumber'));
    else if (seen.has(number)) say('number', t('setup.extensions.twice'));
    if (row.name.trim() === '') say('name', t('setup.extensions.needName'));
    seen.add(number);
  });
});

const schemas = { token, organization, administrator, site, extensions };

/** What is wrong with one step, by the form's field. */
export function faultsOf(step: StepName, draft: Draft): Record<string, string> {
  if (step === 'summary') return {};
  const result = z.safeParse(schemas[step] as z.ZodMiniType, draft[step]);
  const faults: Record<string, string> = {};
  for (const issue of result.error?.issues ?? []) faults[[step, ...issue.path].join('.')] ??= issue.message;
  return faults;
}
