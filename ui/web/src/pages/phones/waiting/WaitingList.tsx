// The rows of the phones that wait, and how one goes from one to the next.
import { Stack, Text } from '@mantine/core';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useExtensions } from '../../../api/lists';
import type { Device } from '../../../api/types';
import { useLive } from '../../../live/live';
import { Nothing } from '../../../parts/States';
import { useMay } from '../../../session/session';
import { choiceOf, isWaiting, nameOf } from '../words';
import { People } from './People';
import { Scan } from './Scan';
import { Strangers } from './Strangers';
import classes from './Waiting.module.css';
import { WaitingRow } from './WaitingRow';

export default function WaitingList() {
  const { t } = useTranslation();
  const { devices } = useLive();
  const extensions = useExtensions(useMay('extensions.read'));
  const choices = useMemo(() => (extensions.data ?? []).map(choiceOf), [extensions.data]);
  const rows = useMemo(() => inOrder(devices.values()), [devices]);
  const list = useRef<HTMLUListElement>(null);
  const scan = useRef<HTMLInputElement>(null);
  const scanning = useRef(false);
  const [said, setSaid] = useState('');

  const go = useCallback((id: string) => focusRow(list.current, id), []);
  // Whoever scans goes on scanning; whoever walks the list goes to the next row.
  const done = useCallback(
    (device: Device) => {
      if (scanning.current) {
        scanning.current = false;
        scan.current?.focus();
        return;
      }
      const next = nextOf(list.current, device.id);
      if (next) {
        go(next);
        const one = devices.get(next);
        setSaid(t('waiting.next', { name: one ? `${nameOf(one, t('phones.unknownModel'))} ${one.mac}` : '' }));
      } else {
        scan.current?.focus();
        setSaid(t('waiting.last'));
      }
    },
    [devices, go, t],
  );
  return (
    <>
      <span className="onlyRead" role="status">
        {said}
      </span>
      <Stack gap="lg">
        <Text c="dimmed" maw={760}>
          {t('waiting.lead')}
        </Text>
        <Scan
          field={scan}
          onFound={(device) => {
            scanning.current = true;
            go(device.id);
            setSaid(t('waiting.scanned', { mac: device.mac }));
          }}
        />
        {rows.length === 0 && (
          <Nothing>
            {t('waiting.none')} {t('waiting.noneHelp')}
          </Nothing>
        )}
        {rows.length > 0 && (
          <>
            <People extensions={extensions.data ?? []} devices={devices} />
            <ul className={classes.rows} ref={list} aria-label={t('waiting.title')}>
              {rows.map((d) => (
                <WaitingRow key={d.id} device={d} choices={choices} onDone={done} />
              ))}
            </ul>
          </>
        )}
        <Strangers />
      </Stack>
    </>
  );
}

/** The first that came stays first, so that no row moves under the hand. */
function inOrder(devices: Iterable<Device>): Device[] {
  return [...devices].filter(isWaiting).sort((a, b) => (a.seen_at ?? '').localeCompare(b.seen_at ?? '') || a.mac.localeCompare(b.mac));
}

function focusRow(list: HTMLElement | null, id: string): void {
  const row = [...(list?.children ?? [])].find((r) => (r as HTMLElement).dataset.row === id);
  row?.scrollIntoView({ block: 'nearest' });
  row?.querySelector<HTMLInputElement>('input')?.focus();
}

/** The row behind this one, or the first where it was the last. */
function nextOf(list: HTMLElement | null, id: string): string {
  const ids = [...(list?.children ?? [])].map((r) => (r as HTMLElement).dataset.row ?? '');
  const at = ids.indexOf(id);
  return ids[at + 1] ?? ids.find((other) => other !== id) ?? '';
}
