// What is said of a firmware file: its models, what must come before it, and whether it is bad.
import { Modal, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import type { FirmwareFile } from '../../api/firmware';
import { RecordForm } from '../../parts/RecordForm';
import { useMounted } from '../../parts/useMounted';

const schema = z.object({ models: z.array(z.string()), after: z.string(), bad: z.string() });

export default function Edit({ file, onClose }: { file: FirmwareFile; onClose: () => void }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  return (
    <Modal opened={mounted} onClose={onClose} title={t('firmware.editTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <RecordForm
        path="firmware"
        row={file}
        onClose={onClose}
        values={{ models: file.models, after: file.after, bad: file.bad }}
        schema={schema}
        nameOf={() => file.file}
        fields={(form) => (
          <>
            <TextInput label={t('firmware.badLabel')} description={t('firmware.badHelp')} autoComplete="off" data-autofocus {...form.getInputProps('bad')} />
            <TextInput label={t('firmware.afterLabel')} autoComplete="off" {...form.getInputProps('after')} />
            <TagsInput label={t('firmware.models')} acceptValueOnBlur {...form.getInputProps('models')} />
          </>
        )}
      />
    </Modal>
  );
}
