import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../api/client';
import { Problem } from '../api/problem';
import '../text/secrets';
import { tellProblem } from './notify';
import { KnownPassword } from './PasswordField';
import { problemText } from './problemText';

/**
 * Does what shows secrets. Where the appliance wants the password once more it is
 * asked for, and then it is done again.
 */
export function useSecrets(what: () => Promise<void>): { start: () => void; busy: boolean; dialog: ReactNode } {
  const [locked, lock] = useDisclosure(false);
  const run = useMutation({
    mutationFn: what,
    onError: (e) => {
      if (e instanceof Problem && e.status === 403) lock.open();
      else tellProblem(e);
    },
  });
  const start = () => run.mutate();
  const unlocked = () => {
    lock.close();
    start();
  };
  return { start, busy: run.isPending, dialog: <Unlock opened={locked} onClose={lock.close} onUnlocked={unlocked} /> };
}

function Unlock({ opened, onClose, onUnlocked }: { opened: boolean; onClose: () => void; onUnlocked: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('unlock.title')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <UnlockForm onClose={onClose} onUnlocked={onUnlocked} />
    </Modal>
  );
}

function UnlockForm({ onClose, onUnlocked }: { onClose: () => void; onUnlocked: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const unlock = useMutation({ mutationFn: () => ask('POST', '/session/unlock', { password }), onSuccess: onUnlocked });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    unlock.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('unlock.text')}
        </Text>
        <KnownPassword
          label={t('unlock.password')}
          autoComplete="current-password"
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={unlock.error ? problemText(unlock.error) : undefined}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={password === ''} loading={unlock.isPending}>
            {t('unlock.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
