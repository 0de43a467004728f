// Begins to give a firmware to phones, stage by stage.
import { Alert, Button, Group, Modal, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { FirmwareFile } from '../../api/firmware';
import { useSites } from '../../api/lists';
import { stagesIn } from '../../api/rollouts';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import { useMounted } from '../../parts/useMounted';

export default function Roll({ file, onClose }: { file: FirmwareFile; onClose: () => void }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  const queries = useQueryClient();
  const sites = useSites();
  const [site, setSite] = useState('');
  const [stages, setStages] = useState('1, 10, 100');
  const [least, setLeast] = useState<number | string>(90);
  const [soak, setSoak] = useState<number | string>(30);
  const begin = useMutation({
    mutationFn: () =>
      ask('POST', '/rollouts', {
        kind: 'firmware', subject: file.id, target: file.version, models: file.models, ...(site && { site }), stages: stagesIn(stages), least: Number(least), soak: Number(soak) * 60,
      }),
    onSuccess: () => {
      tell(t('firmware.started'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['rollouts'] });
    },
  });
  const bad = !stagesIn(stages);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!bad) begin.mutate();
  };
  return (
    <Modal opened={mounted} onClose={onClose} title={t('firmware.rollTitle', { version: file.version })} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {begin.error && (
            <Alert color="red" role="alert">
              {problemText(begin.error)}
            </Alert>
          )}
          <NativeSelect
            label={t('firmware.site')}
            data={[{ value: '', label: t('firmware.allSites') }, ...(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))]}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput label={t('firmware.stages')} value={stages} onChange={(event) => setStages(event.currentTarget.value)} error={bad && t('templates.versions.stagesBad')} />
          <NumberInput label={t('firmware.least')} min={1} max={100} value={least} onChange={setLeast} hideControls />
          <NumberInput label={t('firmware.soak')} min={0} max={1440} value={soak} onChange={setSoak} hideControls />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={begin.isPending}>
              {t('firmware.start')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
