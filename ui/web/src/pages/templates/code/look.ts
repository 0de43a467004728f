// How the editors of text look, and that their styles pass the content policy.
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { styleNonce } from '../../../nonce';

const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', fontSize: '13px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    backgroundColor: 'light-dark(#f4f6f7, #1d2126)',
    color: 'light-dark(#5c636b, #a3a9b1)',
    borderRight: '1px solid var(--mantine-color-default-border)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'light-dark(#0b72850d, #6bc4d314)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'light-dark(#c5e8ef, #1d4f5a)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: '6px',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--mantine-color-sea-7)', color: '#ffffff' },
  '.cm-completionDetail': { opacity: '0.85' },
  '.cm-completionInfo': { padding: '6px 10px', maxWidth: '320px' },
  '.cm-panels': { backgroundColor: 'light-dark(#f4f6f7, #1d2126)', color: 'var(--mantine-color-text)' },
  '.cm-collapsedLines': { background: 'light-dark(#f4f6f7, #1d2126)', color: 'light-dark(#5c636b, #a3a9b1)' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"···" !important' },
  '.cm-diagnostic': { padding: '6px 10px' },
  '.cm-changedLine': { backgroundColor: 'light-dark(#e3f5e1, #1d3320) !important' },
  '.cm-deletedChunk, .cm-merge-a .cm-changedLine': { backgroundColor: 'light-dark(#fdeaea, #3b1f20) !important' },
});

/** For every editor, by whether the page is dark. */
export const look = (dark: boolean): Extension => [
  theme,
  EditorView.darkTheme.of(dark),
  ...(styleNonce() ? [EditorView.cspNonce.of(styleNonce())] : []),
];
