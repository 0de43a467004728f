// Puts a version in force: for all, for a share, or in stages.
import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { stagesIn } from '../../api/rollouts';
import type { OwnTemplate, Preview } from '../../api/templates';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import { useMounted } from '../../parts/useMounted';
import { useMay } from '../../session/session';
import { Sum } from './PreviewPanel';
import { versionName } from './words';

type How = 'everybody' | 'some' | 'stages';

export function Activate({ template, number, onClose }: { template: OwnTemplate; number?: number; onClose: () => void }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  const what = versionName(number ?? 0);
  return (
    <Modal
      opened={mounted && number !== undefined}
      onClose={onClose}
      title={t('templates.versions.title', { what: what.toLowerCase() })}
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {number !== undefined && <Form template={template} number={number} what={what} onClose={onClose} />}
    </Modal>
  );
}

function Form({ template, number, what, onClose }: { template: OwnTemplate; number: number; what: string; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayRoll = useMay('rollouts.write') && number > 0;
  const [how, setHow] = useState<How>('everybody');
  const [share, setShare] = useState<number | string>(10);
  const [stages, setStages] = useState('1, 10, 100');
  const [least, setLeast] = useState<number | string>(90);
  const [soak, setSoak] = useState<number | string>(10);
  const preview = useQuery({
    queryKey: ['preview', template.id, template.active, 'number', number],
    queryFn: ({ signal }) => ask<Preview>('POST', `/custom-templates/${template.id}/preview`, { number }, signal),
    gcTime: 0,
  });
  const put = useMutation({
    mutationFn: () =>
      how === 'stages'
        ? ask('POST', '/rollouts', { kind: 'template', subject: template.id, target: String(number), stages: stagesIn(stages), least: Number(least), soak: Number(soak) * 60 })
        : ask('POST', `/custom-templates/${template.id}/activate`, { number, share: how === 'some' ? Number(share) : 100 }),
    onSuccess: () => {
      tell(how === 'stages' ? t('templates.versions.started') : t('templates.versions.done', { what }));
      onClose();
      void queries.invalidateQueries({ queryKey: ['rollouts'] });
      return queries.invalidateQueries({ queryKey: ['custom-templates'] });
    },
  });
  const bad = how === 'stages' && !stagesIn(stages);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!bad) put.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" role="status">
          {preview.data ? <Sum preview={preview.data} /> : preview.error ? problemText(preview.error) : t('templates.versions.counting')}
        </Text>
        {put.error && (
          <Alert color="red" role="alert">
            {problemText(put.error)}
          </Alert>
        )}
        {number > 0 && (
          <Radio.Group label={t('templates.versions.how')} value={how} onChange={(v) => setHow(v as How)}>
            <Stack gap="xs" mt={4}>
              <Radio value="everybody" label={t('templates.versions.everybody')} />
              <Radio value="some" label={t('templates.versions.some')} />
              {mayRoll && <Radio value="stages" label={t('templates.versions.stages')} />}
            </Stack>
          </Radio.Group>
        )}
        {how === 'some' && (
          <NumberInput label={t('templates.versions.share')} description={t('templates.versions.shareHelp')} min={1} max={100} value={share} onChange={setShare} hideControls />
        )}
        {how === 'stages' && (
          <>
            <TextInput label={t('templates.versions.stagesField')} value={stages} onChange={(event) => setStages(event.currentTarget.value)} error={bad && t('templates.versions.stagesBad')} />
            <NumberInput label={t('templates.versions.least')} min={1} max={100} value={least} onChange={setLeast} hideControls />
            <NumberInput label={t('templates.versions.soak')} min={0} max={1440} value={soak} onChange={setSoak} hideControls />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={put.isPending} data-autofocus={number === 0 || undefined}>
            {t('templates.versions.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
