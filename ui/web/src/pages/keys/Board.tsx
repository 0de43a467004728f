// The picture of a phone, or of one of its modules, with its keys.
import { Text, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Key, KeyType } from '../../api/keys';
import type { PhoneModel } from '../../api/templates';
import { beside, keyAt, rowsOf, sizeOf, type Spot } from './board';
import classes from './Keys.module.css';
import { DRAG_KEY, DRAG_TYPE } from './Palette';
import { nameOfKey } from './words';

/** A key as the phone labels it, and what it is. */
function KeyWords({ of: key }: { of: Key }) {
  if (!key.label || key.rule) return nameOfKey(key);
  return (
    <>
      {key.label} <span className={classes.free}>{nameOfKey({ ...key, label: '' })}</span>
    </>
  );
}

interface Props {
  module: number;
  model?: PhoneModel;
  keys: Key[];
  readOnly: boolean;
  onEdit: (at: Spot) => void;
  onPut: (at: Spot, key: Key | undefined) => void;
  onMove: (from: Spot, to: Spot) => void;
  /** Tells those who do not see it what happened. */
  say: (words: string) => void;
}

export function Board({ module, model, keys, readOnly, onEdit, onPut, onMove, say }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(1);
  const [over, setOver] = useState(0);
  const size = sizeOf(model, module, keys);
  const rows = rowsOf(size);
  const title = module === 0 ? t('keys.phone') : t('keys.module', { n: module });

  const focus = (position: number) => {
    setCurrent(position);
    box.current?.querySelector<HTMLElement>(`[data-key="${position}"]`)?.focus();
  };
  const told = (to: Spot, other: boolean) =>
    say(t(other ? 'keys.swapped' : to.module > 0 ? 'keys.movedModule' : 'keys.moved', { n: to.position, module: to.module }));
  const onKeyDown = (event: React.KeyboardEvent, position: number) => {
    const at = { module, position };
    const next = beside(position, size, event.key);
    if (next !== position) {
      event.preventDefault();
      if (event.altKey && !readOnly && keyAt(keys, at)) {
        told({ module, position: next }, !!keyAt(keys, { module, position: next }));
        onMove(at, { module, position: next });
      }
      focus(next);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && !readOnly && keyAt(keys, at)) {
      event.preventDefault();
      onPut(at, undefined);
      say(t('keys.emptied', { n: position }));
    }
  };
  const onDrop = (event: React.DragEvent, position: number) => {
    event.preventDefault();
    setOver(0);
    const to = { module, position };
    const type = event.dataTransfer.getData(DRAG_TYPE) as KeyType | '';
    if (type) {
      onPut(to, { type });
      return onEdit(to);
    }
    const from = event.dataTransfer.getData(DRAG_KEY);
    if (!from) return;
    told(to, !!keyAt(keys, to));
    onMove(JSON.parse(from) as Spot, to);
  };

  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <div className={classes.body} data-module={module}>
        <div
          ref={box}
          role="group"
          aria-label={t('keys.board')}
          className={classes.keys}
          data-screen={module === 0 || undefined}
          style={{ gridTemplateRows: `repeat(${rows}, minmax(44px, auto))` }}
        >
          {module === 0 && (
            <div className={classes.screen} style={{ gridRow: `1 / span ${rows}` }} aria-hidden="true">
              <Text size="sm" c="dimmed">
                {model?.label}
              </Text>
            </div>
          )}
          {Array.from({ length: size }, (_, i) => i + 1).map((position) => {
            const key = keyAt(keys, { module, position });
            const left = position <= rows;
            return (
              <button
                key={position}
                type="button"
                data-key={position}
                data-type={key?.type}
                className={classes.key}
                style={{ gridColumn: left ? 1 : module === 0 ? 3 : 2, gridRow: left ? position : position - rows }}
                data-over={over === position || undefined}
                tabIndex={position === Math.min(current, size) ? 0 : -1}
                draggable={!!key && !readOnly}
                onFocus={() => setCurrent(position)}
                onClick={() => !readOnly && onEdit({ module, position })}
                onKeyDown={(event) => onKeyDown(event, position)}
                onDragStart={(event) => event.dataTransfer.setData(DRAG_KEY, JSON.stringify({ module, position }))}
                onDragOver={(event) => {
                  if (readOnly) return;
                  event.preventDefault();
                  setOver(position);
                }}
                onDragLeave={() => setOver(0)}
                onDrop={(event) => onDrop(event, position)}
              >
                <span className={classes.number}>
                  <span className="onlyRead">{t('keys.key', { n: '' })}</span>
                  {position}
                </span>
                <span className={classes.name}>{key ? <KeyWords of={key} /> : <span className={classes.free}>{t('keys.free')}</span>}</span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}
