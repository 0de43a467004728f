import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  onClose: () => void;
  busy: boolean;
  disabled?: boolean;
  /** Of the button that leaves; empty: Cancel. */
  leave?: string;
  /** Of the button that does it; empty: Save. */
  submit?: string;
}

/** The way out of a dialog with a form: leave it, or do what it is for. */
export function FormEnd({ onClose, busy, disabled, leave, submit }: Props) {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {leave || t('common.cancel')}
      </Button>
      <Button type="submit" disabled={disabled} loading={busy}>
        {submit || t('common.save')}
      </Button>
    </Group>
  );
}
