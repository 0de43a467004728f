// Two texts side by side, or one above the other where there is no room.
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { colours } from './colours';
import { look } from './look';

export interface CompareProps {
  before: string;
  after: string;
  /** What the two are, for those who do not see them. */
  labels: [string, string];
  beside: boolean;
  /** Only what differs, with a few lines around it. */
  short: boolean;
}


export default function Compare({ before, after, labels, beside, short }: CompareProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const box = useRef<HTMLDivElement>(null);
  const [left, right] = labels;
  useEffect(() => {
    const parent = box.current!;
    const quiet = (label: string): Extension => [
      colours,
      look(dark),
      lineNumbers(),
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
    ];
    if (beside) {
      const merge = new MergeView({ a: { doc: before, extensions: quiet(left) }, b: { doc: after, extensions: quiet(right) }, parent, collapseUnchanged: short ? { margin: 3, minSize: 6 } : undefined });
      return () => merge.destroy();
    }
    const one = new EditorView({ parent, doc: after, extensions: [quiet(right), unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: short ? { margin: 3, minSize: 6 } : undefined })] });
    return () => one.destroy();
  }, [before, after, left, right, beside, short, dark]);
  return <div ref={box} />;
}
