import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useExtensions } from '../../api/lists';
import type { Device } from '../../api/types';
import { Failed } from '../../parts/States';
import { choiceOf, nameOf } from '../phones/words';
import { useAssign } from './assign';

export function AssignDialog({ device, preset, onClose }: { device: Device | undefined; preset: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={!!device} onClose={onClose} title={t('sip.assignTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      {device && <AssignForm device={device} preset={preset} onClose={onClose} />}
    </Modal>
  );
}

function AssignForm({ device, preset, onClose }: { device: Device; preset: string; onClose: () => void }) {
  const { t } = useTranslation();
  const extensions = useExtensions();
  const [number, setNumber] = useState<string | null>(preset || device.line || null);
  const assign = useAssign(onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    assign.mutate({ device, number: number ?? '' });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {nameOf(device, t('phones.unknownModel'))} <span className="mono">{device.mac}</span>. {t('sip.assignText')}
        </Text>
        {assign.error && <Failed error={assign.error} />}
        <Select
          label={t('sip.extension')}
          placeholder={t('sip.unassign')}
          data={(extensions.data ?? []).map(choiceOf)}
          value={number}
          onChange={setNumber}
          searchable
          clearable
          limit={100}
          data-autofocus
          openOnFocus={false}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={assign.isPending}>
            {t('sip.provision')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
