// Words about one's own phones.
import { i18next } from './i18n';

export const own = {
  own: {
    title: 'My phones',
    noNumber: 'No phone number and no extension is yours yet. Your administrator assigns them.',
    loginOf: 'Log in a handset: {{number}}',
    outOf: 'Return: {{number}}',
    noneFree: 'No handset is free here. More are to be had from your operator: {{contact}}.',
    noneFreePlain: 'No handset is free here. Ask your administrator.',
    none: 'No phone rings for you now.',
    phoneId: 'Phone ID',
    name: 'Phone',
    extension: 'Extension',
    template: 'Template',
    default: 'Default',
    tip: 'Your phones use the default template. Another one is your administrator’s to choose.',
  },
} as const;

i18next.addResourceBundle('en', 'translation', own, true, true);
