// Words about one's own phones.
import { i18next } from './i18n';

export const own = {
  own: {
    title: 'My phones',
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
