// What may be written at a place of a template.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Language, Variable } from '../../../api/templates';
import { i18next } from '../../../text/i18n';
import { placeIn, type Place } from './place';

const KEYWORDS = ['if', 'else', 'end', 'with', 'range', 'template'];

/** Everything that may stand where the word is begun. */
export function offers(place: Place, language: Language, parts: string[]): Completion[] {
  if (place.word.startsWith('.') || place.word.startsWith('$')) return values(place, language);
  return [
    ...KEYWORDS.map((label) => ({ label, type: 'keyword' })),
    ...language.functions.map((f) => ({ label: f.name, type: 'function', info: f.doc })),
    ...values(place, language),
    ...parts.map((p) => ({ label: `template "${p}" .`, type: 'text' })),
  ];
}

function values(place: Place, language: Language): Completion[] {
  const list = place.lists.join('.');
  // A part that goes through "keys" of a module is still inside of "modules".
  const of = language.variables.some((v) => v.of === list) ? list : (place.lists.at(-1) ?? '');
  const here = place.word.startsWith('$') ? [] : language.variables.filter((v) => v.of === of);
  const top = language.variables.filter((v) => v.of === '');
  const dollar = of !== '' || place.word.startsWith('$');
  return [...here.map((v) => offer(v, '.')), ...(dollar ? top.map((v) => offer(v, '$.')) : [])];
}

function offer(v: Variable, before: string): Completion {
  const marks = [v.kind, v.may_be_absent && i18next.t('templates.words.absent'), v.secret && i18next.t('templates.words.secret')].filter(Boolean);
  return { label: `${before}${v.name}`, type: v.kind === 'list' ? 'class' : 'variable', detail: marks.join(', '), info: v.doc };
}

/** The editor's source of completions. */
export const source =
  (language: () => Language | undefined, parts: () => string[]) =>
  (context: CompletionContext): CompletionResult | null => {
    const known = language();
    const place = placeIn(context.state.doc.sliceString(0, context.pos));
    if (!known || !place || (place.word === '' && !context.explicit)) return null;
    return { from: context.pos - place.word.length, options: offers(place, known, parts()), validFor: /^[$.\w]*$/ };
  };
