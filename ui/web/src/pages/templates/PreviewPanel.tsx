// What a text would alter, on one phone or on all it concerns.
import { Alert, Badge, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask } from '../../api/client';
import type { Altered, OwnTemplate, Preview } from '../../api/templates';
import { useLive } from '../../live/live';
import { Failed, Loading } from '../../parts/States';
import { linesOf } from './diff';
import classes from './Templates.module.css';

interface Props {
  template: OwnTemplate;
  text: string;
  /** The text was checked and has no errors. */
  ready: boolean;
  broken: boolean;
}

/** How many phones are shown in detail at once. */
const SHOWN = 20;

export function PreviewPanel({ template, text, ready, broken }: Props) {
  const { t } = useTranslation();
  const { devices } = useLive();
  const [params, setParams] = useSearchParams();
  const device = params.get('device') ?? '';
  const preview = useQuery({
    queryKey: ['preview', template.id, template.active, device, text],
    queryFn: ({ signal }) => ask<Preview>('POST', `/custom-templates/${template.id}/preview`, { text, ...(device && { device }) }, signal),
    enabled: ready && text !== '',
    gcTime: 30_000,
    placeholderData: (before) => before,
  });
  const phones = [...devices.values()].filter((d) => d.model === template.model);
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t('templates.preview.device')}
        description={t('templates.preview.text')}
        data={[{ value: '', label: t('templates.preview.all') }, ...phones.map((d) => ({ value: d.id, label: `${d.name || d.mac} (${d.phone_id})` }))]}
        value={device}
        onChange={(event) => {
          const to = event.currentTarget.value;
          setParams(to ? { panel: 'preview', device: to } : { panel: 'preview' }, { replace: true });
        }}
      />
      {broken && <Alert variant="default">{t('templates.preview.broken')}</Alert>}
      {preview.error && <Failed error={preview.error} onRetry={() => void preview.refetch()} />}
      {!preview.data && !preview.error && !broken && <Loading />}
      {preview.data && <Shown preview={preview.data} />}
    </Stack>
  );
}

function Shown({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const shown = preview.devices.slice(0, SHOWN);
  if (preview.phones === 0) return <Text c="dimmed">{t('templates.preview.none')}</Text>;
  return (
    <>
      <Text fw={600} role="status" data-changed={preview.changed}>
        <Sum preview={preview} />
      </Text>
      {shown.map((d) => (
        <Device key={d.device} device={d} />
      ))}
      {preview.devices.length > SHOWN && (
        <Text size="sm" c="dimmed">
          {t('templates.preview.first', { count: SHOWN })}
        </Text>
      )}
    </>
  );
}

/** "Alters 37 of 52 phones, 4 restart". */
export function Sum({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  return (
    <>
      {[
        t('templates.preview.sum', { changed: preview.changed, count: preview.phones }),
        preview.reboot > 0 && t('templates.preview.reboot', { count: preview.reboot }),
        preview.reboot_known === false && preview.changed > 0 && t('templates.preview.rebootUnknown'),
        preview.failed > 0 && t('templates.preview.failed', { count: preview.failed }),
      ]
        .filter(Boolean)
        .join(', ')}
    </>
  );
}

function Device({ device }: { device: Altered }) {
  const { t } = useTranslation();
  return (
    <section aria-label={device.name || device.mac}>
      <Group gap="xs" mb={4}>
        <Title order={2} size="h6">
          {device.name || device.mac}
        </Title>
        <Text size="sm" c="dimmed" className="mono">
          {device.mac}
        </Text>
        {device.reboot && (
          <Badge size="sm" variant="default">
            {t('templates.preview.restarts')}
          </Badge>
        )}
      </Group>
      {device.error && (
        <Alert color="red" role="alert">
          {device.error}
        </Alert>
      )}
      {!device.error && device.files.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('templates.preview.same')}
        </Text>
      )}
      {device.files.map((f) => (
        <div key={f.name}>
          <Text size="sm" className="mono" mb={2}>
            {f.name}
          </Text>
          <pre className={classes.diff} tabIndex={0} role="region" aria-label={t('templates.preview.lines', { file: f.name })}>
            {linesOf(f.diff).map((line, i) => (
              <span key={i} className={classes[line.mark]}>
                {line.text || ' '}
              </span>
            ))}
          </pre>
        </div>
      ))}
    </section>
  );
}
