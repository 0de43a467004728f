// Words about secrets: unlocking them, exporting them, and a phone's certificate.
import { i18next } from './i18n';

export const secrets = {
  unlock: {
    title: 'Your password once more',
    text: 'Secrets are shown to whoever knows your password, not to whoever finds your browser open. For five minutes they are shown without asking again. The audit tells of each time.',
    password: 'Your password',
    submit: 'Unlock',
    show: 'Show secrets',
    hide: 'Hide secrets',
    shown: 'Secrets are shown. They hide by themselves after five minutes.',
  },
  export: {
    title: 'Export',
    text: 'Everything about the organization in one file that this appliance, or another one, can read again.',
    format: 'Form',
    secrets: 'With secrets: the phones’ accounts and everybody’s hashed passwords',
    button: 'Export',
  },
  deviceCertificate: {
    button: 'Certificate',
    title: 'A certificate for this phone',
    text: 'Made by this appliance’s own authority. A phone that shows it is certain to be this one and gets all its settings over TLS. The certificate made before is worthless from then on.',
    has: 'A certificate is in force.',
    hasNot: 'No certificate was made for this phone.',
    rsa: 'RSA instead of an elliptic curve, for phones that know nothing else',
    make: 'Make a certificate',
    again: 'Make a new one',
    fetched: 'The phone is told to fetch it by itself. You need not keep these files.',
    byHand: 'Upload one of these files in the phone’s own web page. The key is shown now and never again.',
    pem: 'Certificate and key (PEM)',
    pkcs12: 'Both in one file (PKCS#12)',
    password: 'Password of the PKCS#12 file',
    until: 'Valid until',
    revoke: 'Take it back',
    revoked: 'The certificate is worthless now.',
  },
} as const;

i18next.addResourceBundle('en', 'translation', secrets, true, true);
