import { Alert, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import type { OwnTemplate } from '../../api/templates';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import type { Draft } from './useDraft';

interface Props {
  opened: boolean;
  onClose: () => void;
  template: OwnTemplate;
  draft: Draft;
  onSaved: (number: number) => void;
}

/** Keeps the text as a new version; it is not in force yet. */
export function SaveVersion({ opened, onClose, template, draft, onSaved }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const save = useMutation({
    mutationFn: () => ask<{ number: number }>('POST', `/custom-templates/${template.id}/versions`, { text: draft.text, comment: comment.trim(), tests: draft.tests }),
    onSuccess: ({ number }) => {
      tell(t('templates.editor.saved', { number }));
      setComment('');
      onSaved(number);
      onClose();
      return queries.invalidateQueries({ queryKey: ['custom-templates'] });
    },
  });
  const close = () => {
    save.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={t('templates.editor.saveTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <Text size="sm">{t('templates.editor.saveText')}</Text>
          {save.error && <Refused error={save.error} />}
          <Textarea label={t('templates.editor.comment')} value={comment} onChange={(event) => setComment(event.currentTarget.value)} autosize minRows={2} maxRows={6} data-autofocus />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Refused({ error }: { error: Error }) {
  const errors = error instanceof Problem ? error.errors : [];
  return (
    <Alert color="red" role="alert">
      {errors.length === 0 ? (
        problemText(error)
      ) : (
        <List size="sm">
          {errors.map((e) => (
            <List.Item key={e.location + e.message}>{e.message}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
