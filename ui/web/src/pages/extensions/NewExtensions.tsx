import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconCheck, IconWand } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { isFree } from '../../api/onboarding';
import type { Device, Extension } from '../../api/types';
import { useLive, useStream } from '../../live/live';
import { tell } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { NoneFree } from '../inventory/NoneFree';
import { nameOf, withoutPhone } from '../phones/words';
import { suggest, type Chosen } from './suggest';

/** How many rows are shown at once. */
const MANY = 100;

/** A phone for each extension that has none, then all at once. */
export function NewExtensions({ extensions, first }: { extensions: Extension[]; first: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const stream = useStream();
  const { devices, loaded } = useLive();
  const [chosen, setChosen] = useState<Chosen>({});
  const rows = useMemo(
    () => withoutPhone(extensions, devices.values()).sort((a, b) => Number(b.id === first) - Number(a.id === first)).slice(0, MANY),
    [extensions, devices, first],
  );
  const free = useMemo(() => [...devices.values()].filter(isFree), [devices]);
  const offered = rows.some((e) => free.some((d) => !e.site || d.site?.id === e.site.id));
  const picked = rows.filter((e) => chosen[e.id]);
  const taken = new Set(picked.map((e) => chosen[e.id]));
  const provision = useMutation({
    mutationFn: async () => {
      let done = 0;
      for (const e of picked) {
        stream.put(await ask<Device>('PATCH', `/devices/${chosen[e.id]}`, { line: e.number }));
        done++;
      }
      return done;
    },
    onSuccess: (count) => tell(t('added.done', { count })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['extensions'] }),
  });
  if (!loaded) return <Loading />;
  if (rows.length === 0) return <Text size="sm">{t('added.none')}</Text>;
  return (
    <Stack>
      {provision.error && <Failed error={provision.error} />}
      {!offered && <NoneFree site={rows.length === 1 ? (rows[0]?.site?.name ?? '') : ''} />}
      {rows.map((e) => (
        <Select
          key={e.id}
          label={`${e.number} ${e.name}`.trim()}
          placeholder={t('sip.phone')}
          data={free.filter((d) => (!e.site || d.site?.id === e.site.id) && (chosen[e.id] === d.id || !taken.has(d.id))).map((d) => ({ value: d.id, label: `${d.phone_id} ${nameOf(d, t('phones.unknownModel'))}` }))}
          value={chosen[e.id] ?? null}
          onChange={(v) => setChosen((old) => ({ ...old, [e.id]: v ?? '' }))}
          searchable
          clearable
          limit={50}
        />
      ))}
      <Group>
        <Button variant="default" leftSection={<IconWand size={16} aria-hidden="true" />} disabled={free.length === 0} onClick={() => setChosen(suggest(rows, free, chosen))}>
          {t('added.suggest')}
        </Button>
        <Button leftSection={<IconCheck size={16} aria-hidden="true" />} disabled={picked.length === 0} loading={provision.isPending} onClick={() => provision.mutate()}>
          {picked.length === 0 ? t('added.provisionNone') : t('added.provisionAll', { count: picked.length })}
        </Button>
      </Group>
    </Stack>
  );
}
