import { Button, FileButton, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { IconChecklist, IconFileImport, IconFileTypeCsv } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask } from '../../../api/client';
import { useSites } from '../../../api/lists';
import type { ImportResult } from '../../../api/onboarding';
import { tell } from '../../../parts/notify';
import { Failed } from '../../../parts/States';
import { useMay } from '../../../session/session';
import { ImportRows } from './ImportRows';

/** The largest file, in bytes; ten thousand lines need less. */
const LARGEST = 4 << 20;

interface Order {
  text: string;
  site?: string;
  dry_run: boolean;
}

export default function ImportForm() {
  const { t } = useTranslation();
  const sites = useSites(useMay('sites.read'));
  const [text, setText] = useState('');
  const [site, setSite] = useState<string | null>(null);
  const [fault, setFault] = useState('');
  const where = site ?? (sites.data?.length === 1 ? sites.data[0]?.id : undefined);
  const run = useMutation({
    mutationFn: (order: Order) => ask<ImportResult>('POST', '/devices/import', order),
    onSuccess: (result, order) => {
      if (!order.dry_run) tell(t('imports.done', { ...result }));
    },
  });
  const order = (dry_run: boolean): Order => ({ text, ...(where && { site: where }), dry_run });
  const result = run.data;
  const checked = result && run.variables?.dry_run;
  const able = checked ? result.created + result.updated : 0;
  const change = (value: string) => {
    setText(value);
    setFault('');
    run.reset();
  };
  const read = async (file: File | null) => {
    if (!file) return;
    if (file.size > LARGEST) setFault(t('imports.tooBig'));
    else change(await file.text());
  };
  const lines = text.split(/\r\n|\r|\n/).filter((l) => l.trim() !== '').length;
  return (
    <Stack maw={960}>
      <Text c="dimmed" maw={720}>
        {t('imports.lead')}
      </Text>
      <Textarea
        label={t('imports.text')}
        description={t('imports.textHelp')}
        placeholder={t('imports.placeholder')}
        autosize
        minRows={6}
        maxRows={16}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        error={fault}
      />
      <Group align="flex-end" gap="sm">
        <FileButton onChange={(file) => void read(file)} accept=".csv,.txt,.tsv,text/csv,text/plain">
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileTypeCsv size={16} aria-hidden="true" />}>
              {t('imports.file')}
            </Button>
          )}
        </FileButton>
        {(sites.data?.length ?? 0) > 1 && (
          <Select
            label={t('imports.site')}
            placeholder={t('imports.chooseSite')}
            data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
            value={where ?? null}
            onChange={(v) => {
              setSite(v);
              run.reset();
            }}
          />
        )}
        <Text size="sm" c="dimmed" pb={8} role="status">
          {t('imports.lines', { count: lines })}
        </Text>
      </Group>
      <Group>
        <Button
          variant={checked ? 'default' : 'filled'}
          leftSection={<IconChecklist size={16} aria-hidden="true" />}
          disabled={lines === 0}
          loading={run.isPending && run.variables?.dry_run}
          onClick={() => run.mutate(order(true))}
        >
          {t('imports.check')}
        </Button>
        {checked && (
          <Button leftSection={<IconFileImport size={16} aria-hidden="true" />} disabled={able === 0} onClick={() => run.mutate(order(false))}>
            {able === 0 ? t('imports.goNone') : t('imports.go', { count: able })}
          </Button>
        )}
        {result && !checked && (
          <Button component={Link} to="/phones" variant="default">
            {t('imports.toPhones')}
          </Button>
        )}
      </Group>
      {run.error && <Failed error={run.error} />}
      {result && <ImportRows result={result} dry={checked ?? false} />}
    </Stack>
  );
}
