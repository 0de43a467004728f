// Words of the pages of layouts, profiles and the designer of keys. They come
// with the first of those pages: a page that uses them imports this file.
import { i18next } from './i18n';

const layouts = {
  title: 'Key layouts',
  add: 'Add a layout',
  edit: 'Rename the layout',
  empty: 'No layouts yet. A layout is a set of keys; a profile gives it to phones.',
  name: 'Name',
  needName: 'Enter a name.',
  count: 'Keys',
  design: 'Draw the keys',
  designOf: 'Draw the keys of {{name}}',
  back: 'All layouts',
  unsaved: 'Not saved',
};

const profiles = {
  title: 'Profiles',
  add: 'Add a profile',
  edit: 'Edit the profile',
  empty: 'No profiles yet. A profile is a role of phones, such as “Reception”: it has a layout and settings of its own.',
  name: 'Name',
  layout: 'Key layout',
  noLayout: 'None',
  settings: 'Settings',
  settingsOf: 'Settings of {{name}}',
};

const keys = {
  model: 'Show it on',
  modules: 'Modules',
  phone: 'The phone’s keys',
  module: 'Module {{n}}',
  board: 'Keys. Arrow keys go from key to key; Enter edits; Alt and an arrow key moves a key; Delete empties it.',
  help: 'Drag keys to their places, or use the keyboard: arrow keys go from key to key, Enter edits, Alt with an arrow key moves, Delete empties.',
  key: 'Key {{n}}',
  keyIs: 'Key {{n}}: {{what}}',
  free: 'free',
  unplaced: 'Without a place of their own',
  unplacedHelp: 'Those without a number take the next free keys of each phone; those with one lie where this model has no key.',
  addUnplaced: 'Add one to the next free place',
  moved: 'Moved to key {{n}}.',
  movedModule: 'Moved to key {{n}} of module {{module}}.',
  swapped: 'Changed places with key {{n}}.',
  emptied: 'Key {{n}} is free.',
  palette: 'Types of keys, to be dragged to a place',
  edit: 'Key {{n}}',
  editModule: 'Key {{n}} of module {{module}}',
  editUnplaced: 'A key for the next free place',
  type: 'Type',
  value: 'Value',
  label: 'Label',
  labelHelp: 'Empty: made from the value.',
  line: 'Line',
  rule: 'Fill from here',
  ruleHelp: 'Fills this key and those after it, sorted by name.',
  rules: { none: 'Only this key', everyone: 'With everybody', department: 'With the department', site: 'With the site' },
  remove: 'Empty this key',
  done: 'Done',
  fits: 'All of it fits {{model}}.',
  misfits_one: '{{count}} thing does not fit {{model}}:',
  misfits_other: '{{count}} things do not fit {{model}}:',
  noModels: 'No model of the catalogue has keys that are known.',
  values: {
    blf: 'Extension to watch', speed: 'Number', park: 'Parking place', pickup: 'Extension to pick up from', transfer: 'Number', forward: 'Number',
    queue: 'Queue', login: 'Queue', logout: 'Queue', xml: 'URL', voicemail: 'Mailbox', conference: 'Number',
  },
  types: {
    line: 'Line', blf: 'Watch (BLF)', speed: 'Speed dial', park: 'Park', pickup: 'Pick up', transfer: 'Transfer', dnd: 'Do not disturb',
    forward: 'Forward', record: 'Record', queue: 'Queue', login: 'Log in', logout: 'Log out', xml: 'XML page', voicemail: 'Voicemail',
    conference: 'Conference', hold: 'Hold', redial: 'Redial', none: 'Keep empty',
  },
};

export const keyPages = { layouts, profiles, keys };

i18next.addResourceBundle('en', 'translation', keyPages, true, true);
