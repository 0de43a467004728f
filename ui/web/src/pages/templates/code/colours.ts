// Colours of a template: its actions, and the vendor's lines around them.
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import { tags } from '@lezer/highlight';

interface State {
  action: boolean;
  /** The comment that is open, by what ends it. */
  comment: string;
  lineStart: boolean;
}

const KEYWORD = /^(?:if|else|end|with|range|template)\b/;

function action(stream: StringStream, state: State): string | null {
  if (stream.match(/^-?\}\}/)) {
    state.action = false;
    return 'brace';
  }
  if (stream.match('/*')) {
    state.comment = '*/';
    return comment(stream, state);
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^`[^`]*`?/)) return 'string';
  if (stream.match(/^-?\d+/)) return 'number';
  if (stream.match(/^\$?\.[\w.]*/) || stream.match('$')) return 'variableName';
  if (stream.match(KEYWORD)) return 'keyword';
  if (stream.match(/^\w+/)) return 'functionName';
  stream.next();
  return null;
}

function comment(stream: StringStream, state: State): string {
  if (stream.skipTo(state.comment)) {
    stream.match(state.comment);
    state.comment = '';
  } else stream.skipToEnd();
  return 'comment';
}

/** The vendor's own text: keys, elements and comments. */
function plain(stream: StringStream, state: State): string | null {
  const first = state.lineStart;
  state.lineStart = false;
  if (stream.match(/^\{\{-?/)) {
    state.action = true;
    return 'brace';
  }
  if (stream.match('<!--')) {
    state.comment = '-->';
    return comment(stream, state);
  }
  if (first && stream.match(/^\s*[#;].*/)) return 'comment';
  if (stream.match(/^<[/?!]?[\w:-]+/) || stream.match(/^[/?]?>/)) return 'tagName';
  if (first && stream.match(/^[\w.@:-]+(?=\s*[=:{])/)) return 'propertyName';
  if (!stream.match(/^[^{<>]+/)) stream.next();
  return null;
}

const language = StreamLanguage.define<State>({
  name: 'template',
  startState: () => ({ action: false, comment: '', lineStart: true }),
  token(stream, state) {
    if (stream.sol()) state.lineStart = true;
    if (state.comment) return comment(stream, state);
    if (!state.action) return plain(stream, state);
    return stream.eatSpace() ? null : action(stream, state);
  },
  tokenTable: { functionName: tags.function(tags.variableName) },
  languageData: { commentTokens: { block: { open: '{{/* ', close: ' */}}' } }, closeBrackets: { brackets: ['{', '"', '('] } },
});

// Each has at least 4.5 : 1 on the editor's ground, and on that of the active line.
const style = HighlightStyle.define([
  { tag: tags.brace, color: 'light-dark(#7a3e00, #ffc078)', fontWeight: '600' },
  { tag: tags.keyword, color: 'light-dark(#8a1c6b, #f2a6dc)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'light-dark(#5f3dc4, #c5b3ff)' },
  { tag: tags.variableName, color: 'light-dark(#095f6f, #6bc4d3)' },
  { tag: tags.string, color: 'light-dark(#2b6b1f, #a9d99a)' },
  { tag: tags.number, color: 'light-dark(#8a4100, #ffb36b)' },
  { tag: tags.comment, color: 'light-dark(#5c636b, #a3a9b1)', fontStyle: 'italic' },
  { tag: tags.propertyName, color: 'light-dark(#1c4f9c, #9cc3ff)' },
  { tag: tags.tagName, color: 'light-dark(#1c4f9c, #9cc3ff)' },
]);

export const colours = [language, syntaxHighlighting(style)];
