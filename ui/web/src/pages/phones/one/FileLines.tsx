import { Badge, Group, Text } from '@mantine/core';
import { memo, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileLine } from '../../../api/onboarding';
import classes from '../Phones.module.css';
import { useLayerName } from './layers';

/** The line to go to with a key; undefined: the key does not move. */
export function lineBy(key: string, at: number, count: number): number | undefined {
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 20, PageUp: at - 20, Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), count - 1);
}

/** The lines of a file; of the one under the pointer or the cursor it is told which layers made it. */
export function FileLines({ name, lines }: { name: string; lines: FileLine[] }) {
  const { t } = useTranslation();
  const [at, setAt] = useState(-1);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const to = lineBy(event.key, at, lines.length);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setAt(to);
    box.current?.children[to]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div>
      <Origin line={lines[at]} number={at + 1} />
      <div
        ref={box}
        className={classes.file}
        role="listbox"
        aria-label={t('phoneFiles.lines', { name })}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={move}
        onFocus={() => setAt((old) => Math.max(old, 0))}
        onMouseOver={(event) => {
          const line = (event.target as Element).closest<HTMLElement>('[data-line]');
          if (line) setAt(Number(line.dataset.line));
        }}
      >
        {lines.map((line, i) => (
          <Line key={i} id={`${id}-${i}`} line={line} index={i} chosen={i === at} />
        ))}
      </div>
    </div>
  );
}

const Line = memo(function Line({ id, line, index, chosen }: { id: string; line: FileLine; index: number; chosen: boolean }) {
  return (
    <div id={id} role="option" aria-selected={chosen} data-line={index} data-made={(line.layers ?? []).length > 0} className={classes.fileLine}>
      <span className={classes.number} aria-hidden="true">
        {index + 1}
      </span>
      <code>{line.text || ' '}</code>
    </div>
  );
});

function Origin({ line, number }: { line: FileLine | undefined; number: number }) {
  const { t } = useTranslation();
  const layerName = useLayerName();
  const layers = line?.layers ?? [];
  return (
    <Group gap={6} className={classes.origin} role="status">
      <Text size="sm" c={line ? undefined : 'dimmed'}>
        {line ? t('phoneFiles.from', { line: number }) : t('phoneFiles.pick')}
      </Text>
      {line && layers.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('phoneFiles.template')}
        </Text>
      )}
      {layers.map((l) => (
        <Badge key={`${l.layer} ${l.name}`} variant="default" className={classes.layer}>
          {[layerName(l.layer), l.name].filter(Boolean).join(': ')}
        </Badge>
      ))}
    </Group>
  );
}
