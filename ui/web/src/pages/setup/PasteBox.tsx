import { Alert, Button, Group, List, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mergeRows, parsePaste, type Row } from './paste';

/** Takes a list of extensions that was written elsewhere. */
export default function PasteBox({ rows, onTake }: { rows: Row[]; onTake: (rows: Row[]) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { rows: found, errors } = parsePaste(text);
  return (
    <Stack gap="sm">
      <Textarea
        label={t('setup.extensions.pasteLabel')}
        placeholder={t('setup.extensions.pastePlaceholder')}
        autosize
        minRows={4}
        maxRows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {errors.length > 0 && (
        <Alert color="orange" role="status">
          <List size="sm">
            {errors.slice(0, 5).map((e) => (
              <List.Item key={e.line}>{e.kind === 'bad' ? t('setup.extensions.pasteBad', e) : t('setup.extensions.pasteTwice', e)}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group>
        <Button size="sm" disabled={found.length === 0} onClick={() => onTake(mergeRows(rows, found))}>
          {t('setup.extensions.pasteTake', { count: found.length })}
        </Button>
      </Group>
    </Stack>
  );
}
