// The frame of dialogs that add something: title, fields, and the way out.
import { Modal, Stack, type ModalProps } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormEnd } from './FormEnd';
import { useMounted } from './useMounted';

export function AddModal({ opened = true, ...more }: Pick<ModalProps, 'title' | 'size' | 'onClose' | 'children'> & { opened?: boolean }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  return <Modal opened={mounted && opened} centered closeButtonProps={{ 'aria-label': t('common.close') }} {...more} />;
}

interface Props {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onClose: () => void;
  busy: boolean;
  /** Of the button that leaves; empty: Cancel. */
  leave?: string;
  children: ReactNode;
}

export function AddForm({ onSubmit, onClose, busy, leave, children }: Props) {
  const { t } = useTranslation();
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {children}
        <FormEnd onClose={onClose} busy={busy} leave={leave} submit={t('common.add')} />
      </Stack>
    </form>
  );
}
