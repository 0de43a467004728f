// Takes own templates from a file; says beforehand what it would do.
import { Alert, Button, FileInput, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { send } from '../../api/upload';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import { useMounted } from '../../parts/useMounted';

interface Done {
  created: number;
  changed: number;
  refused: { name: string; reason: string }[];
}

export default function Import({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const trial = useMutation({ mutationFn: (chosen: File) => send<Done>('/custom-templates/import?dry_run=true', chosen, 'application/zip') });
  const take = useMutation({
    mutationFn: () => send<Done>('/custom-templates/import', file!, 'application/zip'),
    onSuccess: (done) => {
      tell(t('templates.importDone', { ...done }));
      void queries.invalidateQueries({ queryKey: ['templates'] });
      void queries.invalidateQueries({ queryKey: ['custom-templates'] });
      onClose();
    },
  });
  const error = trial.error ?? take.error;
  const would = trial.data;
  return (
    <Modal opened={mounted} onClose={onClose} title={t('templates.importTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text size="sm">{t('templates.importText')}</Text>
        <FileInput
          label={t('templates.importFile')}
          placeholder={t('templates.importChoose')}
          accept=".zip,application/zip"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            take.reset();
            if (chosen) trial.mutate(chosen);
          }}
        />
        {error && (
          <Alert color="red" role="alert">
            {problemText(error)}
          </Alert>
        )}
        {would && (
          <div role="status">
            <Text size="sm">{t('templates.importWould', { ...would })}</Text>
            {would.refused.length > 0 && (
              <>
                <Text size="sm" mt="xs" c="red">
                  {t('templates.importRefused')}
                </Text>
                <List size="sm">
                  {would.refused.map((r) => (
                    <List.Item key={r.name}>
                      {r.name}: {r.reason}
                    </List.Item>
                  ))}
                </List>
              </>
            )}
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={!would || would.created + would.changed === 0} loading={take.isPending || trial.isPending} onClick={() => take.mutate()}>
            {t('templates.importTake')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
