// Makes an own template in the place of a built-in one.
import { Alert, Button, Group, NativeSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ask } from '../../api/client';
import { useSites } from '../../api/lists';
import type { OwnTemplate, PhoneModel, TemplateScope } from '../../api/templates';
import { problemText } from '../../parts/problemText';
import { useLive } from '../../live/live';

const SCOPES: TemplateScope[] = ['organization', 'site', 'device', 'appliance'];

export default function NewTemplate({ model, file, onClose }: { model: PhoneModel; file: string; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const sites = useSites();
  const { devices } = useLive();
  const [name, setName] = useState(`${model.label} ${file.replace(/\.tmpl$/, '')}`);
  const [kind, setKind] = useState<TemplateScope>('organization');
  const [id, setId] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const needsId = kind === 'site' || kind === 'device';
  const make = useMutation({
    mutationFn: () => ask<OwnTemplate>('POST', '/custom-templates', { scope: { kind, ...(needsId && { id }) }, model: model.id, file, name: name.trim() }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['templates'] });
      void queries.invalidateQueries({ queryKey: ['custom-templates'] });
      void navigate(`/templates/${model.id}/${made.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '' && (!needsId || id)) make.mutate();
  };
  const choices =
    kind === 'site'
      ? (sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))
      : [...devices.values()].filter((d) => d.model === model.id).map((d) => ({ value: d.id, label: `${d.name || d.mac} (${d.phone_id})` }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">
          {t('templates.file')}: <span className="mono">{file}</span>
        </Text>
        {make.error && (
          <Alert color="red" role="alert">
            {problemText(make.error)}
          </Alert>
        )}
        <TextInput label={t('templates.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} error={tried && name.trim() === '' && t('templates.needName')} required data-autofocus />
        <NativeSelect
          label={t('templates.scope')}
          data={SCOPES.map((value) => ({ value, label: t(`templates.scopes.${value}`) }))}
          value={kind}
          onChange={(event) => {
            setKind(event.currentTarget.value as TemplateScope);
            setId(null);
          }}
        />
        {needsId && (
          <Select
            label={t(`templates.scopes.${kind}`)}
            data={choices}
            value={id}
            onChange={setId}
            searchable
            openOnFocus={false}
            required
            error={tried && !id && t(kind === 'site' ? 'templates.chooseSite' : 'templates.choosePhone')}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t('common.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
