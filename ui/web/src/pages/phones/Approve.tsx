import { Button, Card, Select, Stack, Text, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions } from '../../api/lists';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { nameOf } from './words';
import '../../text/phones';

/** Approves a phone, at somebody's desk or as a hot-desk phone. */
export function Approve({ device }: { device: Device }) {
  const { t } = useTranslation();
  const stream = useStream();
  const extensions = useExtensions();
  const [line, setLine] = useState<string | null>(device.line || null);
  const approve = useMutation({
    mutationFn: () => ask<Device | undefined>('POST', `/devices/${device.id}/approve`, line ? { line } : {}),
    onSuccess: (now) => {
      if (now) stream.put(now);
      tell(t('phones.detail.approved', { name: nameOf(device, device.mac) }));
    },
  });
  return (
    <Card withBorder className="calmCard">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            {t('phones.detail.approveTitle')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('phones.detail.approveText')}
          </Text>
        </div>
        {approve.error && <Failed error={approve.error} />}
        <Select
          label={t('phones.detail.approveAs')}
          placeholder={t('phones.add.hotdesk')}
          data={(extensions.data ?? []).map((e) => ({ value: e.number, label: `${e.number} ${e.name}`.trim() }))}
          value={line}
          onChange={setLine}
          searchable
          clearable
          limit={100}
          openOnFocus={false}
          data-autofocus
        />
        <Button leftSection={<IconCheck size={16} />} loading={approve.isPending} onClick={() => approve.mutate()}>
          {t('phones.approve')}
        </Button>
      </Stack>
    </Card>
  );
}
