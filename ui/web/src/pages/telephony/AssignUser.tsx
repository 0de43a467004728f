import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useUsers } from '../../api/lists';
import { useNumbers } from '../../api/numbers';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import type { DialogProps } from './Options';
import { userName } from './rows';

/** Gives a number to a user who has none, or takes it away again. */
export default function AssignUser({ row: { number, user: now }, onClose }: DialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const users = useUsers();
  const numbers = useNumbers();
  const [user, setUser] = useState<string | null>(null);
  const taken = new Set((numbers.data ?? []).map((n) => n.user?.id).filter(Boolean));
  const save = useMutation({
    mutationFn: (id: string) => ask('PATCH', `/numbers/${number.id}`, { revision: number.revision, user: id }),
    onSuccess: (_, id) => {
      const one = users.data?.find((u) => u.id === id);
      tell(one ? t('telephony.assignedTo', { number: number.number, name: userName(one) }) : t('common.saved'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['numbers'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(number.user ? '' : (user ?? ''));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {save.error && <Failed error={save.error} />}
        {number.user ? (
          <Text size="sm">{t('telephony.unassignText', { number: number.number, name: now })}</Text>
        ) : (
          <Select
            label={t('telephony.assignUser')}
            data={(users.data ?? []).map((u) => ({ value: u.id, label: taken.has(u.id) ? `${userName(u)} (${t('telephony.assignTaken')})` : userName(u), disabled: taken.has(u.id) }))}
            value={user}
            onChange={setUser}
            searchable
            limit={100}
            data-autofocus
            openOnFocus={false}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!number.user && !user} loading={save.isPending}>
            {number.user ? t('telephony.actions.unassign') : t('telephony.assignButton')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
