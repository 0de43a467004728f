// Logs one's own number in at a handset of its site, by Phone ID.
import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ownLogin, useHandsets, type Handset, type OwnExtension } from '../../api/own';
import { FormEnd } from '../../parts/FormEnd';
import { Failed, Loading } from '../../parts/States';
import { useSession } from '../../session/session';
import { refusal } from '../telephony/refusal';
import { withName } from '../telephony/rows';

const choiceOf = (h: Handset): string => [h.phone_id, h.name, h.room].filter(Boolean).join(' ');

export default function Login({ extension, name, label, onClose }: { extension: OwnExtension; name: string; label: string; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const contact = useSession()?.operator_contact ?? '';
  const { data, isPending, error } = useHandsets(extension.id);
  const [id, setId] = useState<string | null>(null);
  const list = data?.items ?? [];
  const [phone, setPhone] = useState('');
  const login = useMutation({
    mutationFn: () => ownLogin(extension.id, id ?? ''),
    onMutate: () => setPhone(withName(id ?? '', list.find((h) => h.phone_id === id)?.name ?? '')),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['own'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id) login.mutate();
  };
  if (login.isSuccess) {
    return (
      <Stack>
        <Alert color="teal" role="status">
          {t('telephony.handset.done', { number: label, phone })}
        </Alert>
        <Group justify="flex-end">
          <Button onClick={onClose} autoFocus>
            {t('telephony.ok')}
          </Button>
        </Group>
      </Stack>
    );
  }
  if (isPending) return <Loading />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('telephony.handset.text', { number: name })}
        </Text>
        {error && <Failed error={error} />}
        {login.error && (
          <Alert color="red" role="alert">
            {refusal(login.error)}
          </Alert>
        )}
        {data && list.length === 0 && <Text>{contact ? t('own.noneFree', { contact }) : t('own.noneFreePlain')}</Text>}
        {list.length > 0 && (
          <Select
            label={t('telephony.handset.phone')}
            data={list.map((h) => ({ value: h.phone_id, label: choiceOf(h) }))}
            value={id}
            onChange={(v) => {
              setId(v);
              login.reset();
            }}
            searchable
            limit={100}
            data-autofocus
            openOnFocus={false}
          />
        )}
        {(data?.manual ?? 0) > 0 && (
          <Text size="sm" c="dimmed">
            {t('sip.manual', { count: data?.manual ?? 0 })}
          </Text>
        )}
        <FormEnd onClose={onClose} busy={login.isPending} disabled={!id} submit={t('telephony.handset.login')} />
      </Stack>
    </form>
  );
}
