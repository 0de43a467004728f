import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { Extension } from '../../api/types';
import { CopyLine } from '../../parts/CopyLine';
import { Failed } from '../../parts/States';
import { At } from '../../parts/time';

/** A key to be entered at a phone where nobody sits, in place of number and PIN; made, shown once, and taken back. */
export function ActivationKey({ extension, onClose }: { extension: Extension; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const path = `/extensions/${extension.id}/activation-key`;
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['extensions'] });
  const make = useMutation({ mutationFn: () => ask<{ key: string; until: string }>('POST', path), onSuccess });
  const revoke = useMutation({
    mutationFn: () => ask('DELETE', path),
    onSuccess: () => {
      make.reset();
      return onSuccess();
    },
  });
  const failed = make.error ?? revoke.error;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('activation.text')}
      </Text>
      {failed && <Failed error={failed} />}
      {make.data && (
        <Stack gap="xs" role="status">
          <CopyLine value={make.data.key} />
          <Text size="sm">{t('activation.once')}</Text>
        </Stack>
      )}
      {extension.activation_until && (
        <Text size="sm" c="dimmed">
          {t('activation.until')} <At at={extension.activation_until} />
        </Text>
      )}
      <Group justify="flex-end">
        {extension.activation_until && (
          <Button variant="default" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('activation.revoke')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t('common.close')}
        </Button>
        <Button loading={make.isPending} onClick={() => make.mutate()} data-autofocus>
          {t(extension.activation_until ? 'activation.again' : 'activation.make')}
        </Button>
      </Group>
    </Stack>
  );
}
