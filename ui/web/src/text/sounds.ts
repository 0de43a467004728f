// Words about what callers hear of us.
import { i18next } from './i18n';

export const sounds = {
  sounds: {
    title: 'Sounds',
    music: 'Music on hold',
    musicOwn: 'Who is held hears your own music.',
    musicOurs: 'Who is held hears the built-in music.',
    musicHelp: 'A WAV file of up to three minutes.',
    prompts: 'Sentences',
    promptsHelp: 'What callers are told. A WAV file of up to a minute takes the place of a sentence, for all organizations.',
    search: 'Search',
    language: 'Language',
    name: 'Name',
    said: 'What is said',
    replaced: 'Replaced',
    download: 'Download',
    replace: 'Replace',
    restore: 'Put ours back',
    done: '{{name}} is replaced.',
    back: '{{name}} is ours again.',
    none: 'No sentence fits.',
  },
} as const;

i18next.addResourceBundle('en', 'translation', sounds, true, true);
