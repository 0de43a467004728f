// The editor of a template's text; heavy, so pages load it when it is shown.
import { autocompletion } from '@codemirror/autocomplete';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import type { Finding, Language } from '../../../api/templates';
import { colours } from './colours';
import { source } from './complete';
import { look } from './look';

export interface CodeProps {
  value: string;
  onChange?: (text: string) => void;
  label: string;
  describedBy?: string;
  findings?: Finding[];
  language?: Language;
  parts?: string[];
  height: string;
  /** Where the cursor is to be put; each new object counts. */
  go?: { line: number; column: number };
}

export default function Code(props: CodeProps) {
  const { value, findings, go, height, label, describedBy, onChange } = props;
  const dark = useComputedColorScheme('light') === 'dark';
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const schemes = useRef(new Compartment());
  const now = useRef({ ...props, dark });
  now.current = { ...props, dark };

  useEffect(() => {
    const made = new EditorView({
      parent: box.current!,
      doc: now.current.value,
      // The look comes first: it lets the editor's style elements through the content policy.
      extensions: [
        schemes.current.of(look(now.current.dark)),
        basicSetup,
        colours,
        lintGutter(),
        autocompletion({ override: [source(() => now.current.language, () => now.current.parts ?? [])] }),
        EditorState.readOnly.of(!onChange),
        EditorView.lineWrapping,
        EditorView.theme({ '&': { height }, '.cm-scroller': { overflow: 'auto' } }),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', ...(describedBy && { 'aria-describedby': describedBy }), ...(!onChange && { 'aria-readonly': 'true' }) }),
        EditorView.updateListener.of((u) => {
          if (u.docChanged) now.current.onChange?.(u.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => made.destroy();
    // The rest is told to the editor below, which keeps what was typed.
  }, [label, describedBy, height, !onChange]);

  useEffect(() => view.current?.dispatch({ effects: schemes.current.reconfigure(look(dark)) }), [dark]);

  useEffect(() => {
    const v = view.current;
    if (!v || v.state.doc.toString() === value) return;
    v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const v = view.current;
    if (v) v.dispatch(setDiagnostics(v.state, (findings ?? []).map((f) => marker(v.state, f))));
  }, [findings]);

  useEffect(() => {
    const v = view.current;
    if (!v || !go) return;
    v.dispatch({ selection: { anchor: offset(v.state, go.line, go.column) }, scrollIntoView: true });
    v.focus();
  }, [go]);

  return <div ref={box} />;
}

/** Where a line and column of a finding are in the text. */
function offset(state: EditorState, line: number, column: number): number {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}

function marker(state: EditorState, f: Finding): Diagnostic {
  const from = offset(state, f.line, f.column);
  return { from, to: state.doc.lineAt(from).to, severity: f.severity, message: f.text };
}
