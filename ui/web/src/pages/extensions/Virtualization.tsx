// Extension Virtualization: whether others may sit at this extension's phones, and
// the code with which it sits at theirs. The code is written only.
import { Button, Card, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import { tell } from '../../parts/notify';
import { KnownPassword } from '../../parts/PasswordField';
import { sentence } from '../../parts/problemText';
import { Failed } from '../../parts/States';
import '../../text/connection';
import '../../text/phones';
import '../../text/telephony';

interface Props {
  extension: { id: string; number: string; virtualization: { allow: boolean; has_secret: boolean } };
  /** Where it is changed: extensions, or own/extensions. */
  path: string;
  mayAllow: boolean;
}

export function Virtualization({ extension: { id, number, virtualization: now }, path, mayAllow }: Props) {
  const { t } = useTranslation();
  const title = useId();
  const queries = useQueryClient();
  const [allow, setAllow] = useState(now.allow);
  const [secret, setSecret] = useState('');
  const save = useMutation({
    mutationFn: () => ask('PATCH', `/${path}/${id}`, { virtualization: { ...(allow !== now.allow && { allow }), ...(secret && { secret }) } }),
    onSuccess: () => {
      setSecret('');
      tell(t('common.saved'));
      return Promise.all([queries.invalidateQueries({ queryKey: ['own'] }), queries.invalidateQueries({ queryKey: ['extensions'] })]);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const wrong = save.error instanceof Problem && save.error.status === 422 ? sentence(save.error.errors[0]?.message ?? save.error.message) : undefined;
  return (
    <Card withBorder maw={560} component="section" aria-labelledby={title}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h4" id={title}>
            {t('telephony.virtualization.title', { number })}
          </Title>
          {save.error && !wrong && <Failed error={save.error} />}
          <Switch
            label={t('preferences.virtualization')}
            description={t('preferences.virtualizationHelp')}
            checked={allow}
            disabled={!mayAllow}
            onChange={(event) => setAllow(event.currentTarget.checked)}
          />
          <KnownPassword
            label={t('telephony.virtualization.secret')}
            description={t('telephony.virtualization.secretHelp')}
            inputMode="numeric"
            autoComplete="off"
            value={secret}
            error={wrong}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed">
            {t(now.has_secret ? 'telephony.virtualization.set' : 'telephony.virtualization.unset')}
          </Text>
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={allow === now.allow && secret === ''}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
