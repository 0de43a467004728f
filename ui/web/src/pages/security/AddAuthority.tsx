import { Alert, Select, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { usePhoneModels } from '../../api/templates';
import { AddForm, AddModal } from '../../parts/Adding';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';

/** A vendor's folder in the catalogue: its name in small letters. */
const folderOf = (vendor: string): string => vendor.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Takes the authority by which a vendor signs its phones' certificates. */
export default function AddAuthority({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const models = usePhoneModels();
  const [vendor, setVendor] = useState<string | null>(null);
  const [pem, setPEM] = useState('');
  const [tried, setTried] = useState(false);
  const complete = vendor && pem.trim() !== '';
  const add = useMutation({
    mutationFn: () => ask('POST', '/authorities', { vendor: folderOf(vendor ?? ''), pem }),
    onSuccess: () => {
      tell(t('security.added'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['authorities'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(!complete);
    if (complete) add.mutate();
  };
  const vendors = [...new Set((models.data ?? []).map((m) => m.vendor))].sort((a, b) => a.localeCompare(b));
  return (
    <AddModal onClose={onClose} title={t('security.add')} size="lg">
      <AddForm onSubmit={submit} onClose={onClose} busy={add.isPending}>
        {add.error && (
          <Alert color="red" role="alert">
            {problemText(add.error)}
          </Alert>
        )}
        {tried && !complete && (
          <Text size="sm" c="red" role="alert">
            {t('security.needed')}
          </Text>
        )}
        <Select label={t('security.vendor')} data={vendors} value={vendor} onChange={setVendor} searchable openOnFocus={false} required />
        <Textarea label={t('security.pem')} description={t('security.pemHelp')} value={pem} onChange={(event) => setPEM(event.currentTarget.value)} autosize minRows={8} maxRows={18} required spellCheck={false} />
      </AddForm>
    </AddModal>
  );
}
