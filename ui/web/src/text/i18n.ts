// All words of the pages. A further language is one more file like en.ts; words
// that only some pages need are in files of their own, which come with those pages.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { alarmPages } from './alarms';
import { en } from './en';
import type { houseKeeping } from './keeping';
import type { floorPages } from './floor';
import type { keyPages } from './keys';
import type { phoneList } from './phoneList';
import type { connection } from './connection';
import type { sounds } from './sounds';
import type { phonePages } from './phones';
import type { recordPages } from './records';
import type { own } from './own';
import type { secrets } from './secrets';
import type { sightPages } from './sight';
import type { setupPages } from './setup';
import type { telephonyPages } from './telephony';
import type { templatePages } from './templates';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en & typeof setupPages & typeof phoneList & typeof phonePages & typeof recordPages & typeof templatePages & typeof keyPages & typeof houseKeeping & typeof alarmPages & typeof own & typeof connection & typeof sounds & typeof secrets & typeof sightPages & typeof floorPages & typeof telephonyPages };
  }
}

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
  showSupportNotice: false,
});

document.documentElement.lang = i18next.language;
document.documentElement.dir = i18next.dir();

export { i18next };
