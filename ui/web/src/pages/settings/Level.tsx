// What one level says.
import { Alert, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import { useLanguage, type SettingSchema } from '../../api/templates';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import { Failed, Loading, Nothing } from '../../parts/States';
import { useMay } from '../../session/session';
import { houseKeeping } from '../../text/keeping';
import { Field } from './Field';
import { Raw } from './Raw';
import { changesIn, grouped, isRaw, type Change, type Said } from './said';

export default function Level({ path }: { path: string }) {
  const language = useLanguage();
  const said = useQuery({ queryKey: ['settings', path], queryFn: ({ signal }) => ask<{ items: { key: string; value: string }[] }>('GET', path, undefined, signal) });
  const error = language.error ?? said.error;
  if (error) return <Failed error={error} onRetry={() => void said.refetch()} />;
  if (!language.data || !said.data) return <Loading />;
  return <Form path={path} schema={language.data.settings} before={Object.fromEntries(said.data.items.map((i) => [i.key, i.value]))} />;
}

function Form({ path, schema, before }: { path: string; schema: SettingSchema[]; before: Said }) {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const queries = useQueryClient();
  const [now, setNow] = useState(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [query, setQuery] = useState('');
  const [only, setOnly] = useState(false);
  const changes = changesIn(before, now);
  const save = useMutation({
    mutationFn: async (all: Change[]) => {
      const failed: Record<string, string> = {};
      for (const change of all) {
        const one = `${path}/${encodeURIComponent(change.key)}`;
        try {
          await (change.value === undefined ? ask('DELETE', one) : ask('PUT', one, { value: change.value }));
        } catch (e) {
          if (!(e instanceof Problem) || e.status !== 422) throw e;
          failed[change.key] = e.errors[0]?.message ?? problemText(e);
        }
      }
      return failed;
    },
    onSuccess: (failed) => {
      setErrors(failed);
      if (Object.keys(failed).length === 0) tell(t('settings.saved'));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings', path] }),
  });
  const set = (key: string, value: string | undefined) =>
    setNow((all) => {
      const { [key]: _, ...rest } = all;
      return value === undefined ? rest : { ...rest, [key]: value };
    });
  const groups = grouped(schema, query, only ? { ...before, ...now } : undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        save.mutate(changes);
      }}
    >
      <Group mb="md" py="xs" align="flex-end" gap="sm" pos="sticky" top={56} bg="var(--mantine-color-body)" style={{ zIndex: 2 }}>
        <TextInput type="search" label={t('settings.search')} leftSection={<IconSearch size={16} aria-hidden="true" />} value={query} onChange={(event) => setQuery(event.currentTarget.value)} w={{ base: '100%', xs: 300 }} />
        <Checkbox label={t('settings.onlySaid')} checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} pb={8} />
        {mayWrite && (
          <>
            <Button type="submit" disabled={changes.length === 0} loading={save.isPending}>
              {t('settings.save', { count: changes.length })}
            </Button>
            {changes.length > 0 && (
              <Button
                variant="default"
                onClick={() => {
                  setNow(before);
                  setErrors({});
                }}
              >
                {t('settings.discard')}
              </Button>
            )}
          </>
        )}
      </Group>
      {save.error && (
        <Alert color="red" role="alert" mb="md">
          {problemText(save.error)}
        </Alert>
      )}
      {groups.length === 0 && <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>}
      <Stack gap="xl">
        {groups.map(([group, all]) => (
          <section key={group} aria-label={groupName(group)}>
            <Title order={2} size="h5" mb="xs">
              {groupName(group)}
            </Title>
            <Stack gap="md" maw={620}>
              {all.map((s) => (
                <Field key={s.name} setting={s} value={now[s.name]} error={errors[s.name]} readOnly={!mayWrite} onChange={(value) => set(s.name, value)} />
              ))}
            </Stack>
          </section>
        ))}
        <section aria-label={t('settings.raw.title')}>
          <Title order={2} size="h5">
            {t('settings.raw.title')}
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {t('settings.raw.text')}
          </Text>
          <Raw said={Object.fromEntries(Object.entries(now).filter(([k]) => isRaw(k)))} errors={errors} readOnly={!mayWrite} onChange={set} />
        </section>
      </Stack>
    </form>
  );

  function groupName(group: string): string {
    const known = (name: string): name is keyof typeof houseKeeping.settings.groups => name in houseKeeping.settings.groups;
    return known(group) ? t(`settings.groups.${group}`) : group;
  }
}
