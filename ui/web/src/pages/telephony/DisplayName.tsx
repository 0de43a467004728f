import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import type { DialogProps } from './Options';

/** The two parts of a number's label. */
export default function DisplayName({ row: { number }, onClose }: DialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [first, setFirst] = useState(number.display?.[0] ?? '');
  const [second, setSecond] = useState(number.display?.[1] ?? '');
  const save = useMutation({
    mutationFn: () => ask('PATCH', `/numbers/${number.id}`, { revision: number.revision, display: first.trim() || second.trim() ? [first.trim(), second.trim()] : [] }),
    onSuccess: () => {
      tell(t('common.saved'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['numbers'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('telephony.displayText')}
        </Text>
        {save.error && <Failed error={save.error} />}
        <TextInput label={t('telephony.display1')} value={first} onChange={(event) => setFirst(event.currentTarget.value)} data-autofocus autoComplete="off" />
        <TextInput label={t('telephony.display2')} value={second} onChange={(event) => setSecond(event.currentTarget.value)} autoComplete="off" />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('telephony.ok')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
