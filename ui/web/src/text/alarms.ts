// Words of the page of alarms.
import { i18next } from './i18n';

export const alarmPages = {
  alarms: {
    title: 'Alarms',
    none: 'No alarm. Refused strangers, broken templates and wrong tokens would stand here.',
    kind: 'Kind',
    kinds: {
      token: 'Token missing',
      conflict: 'Two claim one phone',
      certificate: 'Wrong certificate',
      misses: 'Guessing from inside',
      ignored: 'Guessing from outside',
      sweep: 'Sweep through addresses',
      adoption: 'Too many new phones',
      remote: 'One-time address used twice',
      catalogue: 'Own models broken',
      rollout: 'Roll-out stopped',
      sip_source: 'SIP from a wrong address',
      sip_plain: 'SIP without TLS',
      sip_ban: 'SIP source shut out',
      secret_locked: 'PIN or code locked',
      phone_barred: 'Phone takes no secrets',
    },
    text: 'What happened',
    who: 'Who',
    last: 'Last time',
    new: 'New',
    anyKind: 'Every kind',
  },
} as const;

i18next.addResourceBundle('en', 'translation', alarmPages, true, true);
