// Words of the floor view.
import { i18next } from './i18n';

export const floorPages = {
  floor: {
    title: 'Floor',
    text: 'Who sits where. Drag a person onto a free phone. By keyboard: Enter on a person picks them up, Enter on a free phone seats them there, Escape puts them down.',
    people: 'People',
    search: 'Filter people',
    noPeople: 'Nobody may sit at other phones than their own. “Hot desk” on an extension’s page allows it.',
    atHome: 'own phone',
    nowhere: 'nowhere',
    noRoom: 'No room',
    allSites: 'All sites',
    site: 'Site',
    empty: 'No phones yet. Add a room to each phone on its page, and they are grouped here.',
    picked: '{{name}} is picked up. Choose a free phone; Escape puts them down.',
    down: '{{name}} is put down.',
    drop: 'Put down',
    seatHere: 'Seat here: {{name}} at {{phone}}',
    here: 'Seat here',
    seated: '{{name}} sits at {{phone}} now.',
    left: '{{name}} has left {{phone}}.',
    undo: 'Undo',
    undone: 'Undone.',
    logOut: 'Log out {{name}}',
    free: 'Free',
    states: { free: 'Free', home: 'At home', guest: 'Guest', away: 'Away', off: 'Not registered', waiting: 'Waits for approval', manual: 'Only by hand' },
    phoneId: 'Phone ID {{id}}',
    rules: {
      open: 'Rules',
      title: 'Rules of hot desking',
      nightly: 'Guests go home at',
      nightlyHelp: 'Hour and minute, in the time zone of the phone’s site; never during a call. Empty: they stay.',
      badHour: 'An hour is like 20:00.',
      idle: 'Hours without a call until a guest goes home',
      idleHelp: '0: never.',
      digits: 'Digits of default PINs',
      digitsHelp: 'Of those that are made from now on, 4 to 10.',
      pin: 'A PIN does where no secret code is set',
      pinHelp: 'Off: an extension without a secret code sits at no phone of another extension.',
    },
    notFree: 'This phone is not free.',
  },
} as const;

i18next.addResourceBundle('en', 'translation', floorPages, true, true);
