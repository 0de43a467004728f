// Draws the keys of a layout on the picture of a model, and says what does not fit it.
import { Alert, Button, Group, List, NativeSelect, Select, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconDeviceFloppy, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask } from '../../api/client';
import type { Key, Layout } from '../../api/keys';
import { usePhoneModels, type PhoneModel } from '../../api/templates';
import { tell } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import { Board } from './Board';
import { beyond, move, put, unplaced, type Spot } from './board';
import { KeyForm } from './KeyForm';
import { Palette } from './Palette';
import { nameOfKey } from './words';

export default function Drawing({ layout }: { layout: Layout }) {
  const models = usePhoneModels();
  if (models.isPending) return <Loading />;
  if (models.error) return <Failed error={models.error} onRetry={() => void models.refetch()} />;
  return <Table layout={layout} models={models.data.filter((m) => m.keys > 0)} />;
}

/** What is being edited: a place, or the n-th key without one; n past the last is a new one. */
type Editing = { at: Spot } | { free: number };

function Table({ layout, models }: { layout: Layout; models: PhoneModel[] }) {
  const { t } = useTranslation();
  const mayWrite = useMay('layouts.write');
  const queries = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [keys, setKeys] = useState<Key[]>(layout.keys);
  const [editing, setEditing] = useState<Editing>();
  const [said, say] = useState('');
  const model = models.find((m) => m.id === params.get('model')) ?? models[0];
  const most = model?.module?.max ?? 0;
  const used = Math.max(0, ...keys.map((k) => k.module ?? 0));
  const modules = Math.max(used, Math.min(most, Number(params.get('modules')) || 0));
  const dirty = JSON.stringify(keys) !== JSON.stringify(layout.keys);
  const save = useMutation({
    mutationFn: () => ask<Layout>('PATCH', `/layouts/${layout.id}`, { keys, revision: layout.revision }),
    onSuccess: (now) => {
      tell(t('common.saved'));
      queries.setQueryData(['layouts', layout.id], now);
      setKeys(now.keys);
      return queries.invalidateQueries({ queryKey: ['layouts'], exact: true });
    },
  });
  const choose = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const free = unplaced(keys);
  const current = editing && ('at' in editing ? keys.find((k) => (k.module ?? 0) === editing.at.module && k.position === editing.at.position) : free[editing.free]);
  const change = (key: Key | undefined) => {
    if (!editing) return;
    if ('at' in editing) return setKeys(put(keys, editing.at, key));
    const others = keys.filter((k) => k !== free[editing.free]);
    const at = key && keys.indexOf(free[editing.free]!);
    setKeys(key ? (at! >= 0 ? keys.map((k, i) => (i === at ? key : k)) : [...keys, key]) : others);
  };
  return (
    <Stack>
      <Group align="flex-end" gap="sm">
        <Select
          label={t('keys.model')}
          data={models.map((m) => ({ value: m.id, label: m.label }))}
          value={model?.id ?? null}
          onChange={(id) => id && choose('model', id)}
          searchable
          limit={100}
          allowDeselect={false}
          openOnFocus={false}
        />
        {most > 0 && (
          <NativeSelect
            label={t('keys.modules')}
            data={Array.from({ length: Math.max(most, modules) + 1 }, (_, i) => String(i))}
            value={String(modules)}
            onChange={(event) => choose('modules', event.currentTarget.value)}
          />
        )}
        {mayWrite && (
          <Button leftSection={<IconDeviceFloppy size={16} />} disabled={!dirty} loading={save.isPending} onClick={() => save.mutate()}>
            {t('common.save')}
          </Button>
        )}
        {dirty && (
          <Text size="sm" fw={600} pb={8}>
            {t('layouts.unsaved')}
          </Text>
        )}
      </Group>
      {save.error && <Failed error={save.error} />}
      {model ? <Fit model={model} keys={keys} modules={modules} /> : <Text>{t('keys.noModels')}</Text>}
      {mayWrite && (
        <>
          <Text size="sm" c="dimmed">
            {t('keys.help')}
          </Text>
          <Palette />
        </>
      )}
      <span className="onlyRead" role="status">
        {said}
      </span>
      {Array.from({ length: modules + 1 }, (_, module) => (
        <Board
          key={module}
          module={module}
          model={model}
          keys={keys}
          readOnly={!mayWrite}
          onEdit={(at) => setEditing({ at })}
          onPut={(at, key) => setKeys(put(keys, at, key))}
          onMove={(from, to) => setKeys(move(keys, from, to))}
          say={say}
        />
      ))}
      <div>
        <Title order={2} size="h5">
          {t('keys.unplaced')}
        </Title>
        <Text size="sm" c="dimmed" mb="xs">
          {t('keys.unplacedHelp')}
        </Text>
        <Group gap="xs">
          {beyond(keys, model).map((k) => (
            <Button key={`${k.module ?? 0}/${k.position}`} size="xs" variant="default" disabled={!mayWrite} onClick={() => setEditing({ at: { module: k.module ?? 0, position: k.position! } })}>
              {t('keys.keyIs', { n: k.position, what: nameOfKey(k) })}
            </Button>
          ))}
          {free.map((k, i) => (
            <Button key={i} size="xs" variant="default" disabled={!mayWrite} onClick={() => setEditing({ free: i })}>
              {nameOfKey(k)}
            </Button>
          ))}
          {mayWrite && (
            <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEditing({ free: free.length })}>
              {t('keys.addUnplaced')}
            </Button>
          )}
        </Group>
      </div>
      <KeyForm editing={editing} current={current} onChange={change} onClose={() => setEditing(undefined)} />
    </Stack>
  );
}

/** Asks what of it the model cannot do, when nothing was changed for this long, in ms. */
const PAUSE = 400;

function Fit({ model, keys, modules }: { model: PhoneModel; keys: Key[]; modules: number }) {
  const { t } = useTranslation();
  const [settled] = useDebouncedValue(keys, PAUSE);
  const fit = useQuery({
    queryKey: ['fit', model.id, modules, settled],
    queryFn: ({ signal }) => ask<{ findings: { module: number; position: number; text: string }[] }>('POST', '/layouts/fit', { model: model.id, modules, keys: settled }, signal),
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  if (fit.error) return <Failed error={fit.error} onRetry={() => void fit.refetch()} />;
  const found = fit.data?.findings ?? [];
  return (
    <div role="status" data-fit={fit.data ? found.length : undefined}>
      {fit.data && found.length === 0 && <Text size="sm">{t('keys.fits', { model: model.label })}</Text>}
      {found.length > 0 && (
        <Alert color="yellow" variant="default" icon={<IconAlertTriangle />} title={t('keys.misfits', { count: found.length, model: model.label })} role="presentation">
          <List size="sm">
            {found.map((f, i) => (
              <List.Item key={i}>
                {f.position > 0 && `${f.module > 0 ? t('keys.editModule', { n: f.position, module: f.module }) : t('keys.edit', { n: f.position })}: `}
                {f.text}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  );
}
