import { Alert, MultiSelect, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem, sortErrors } from '../../api/problem';
import type { Extension } from '../../api/types';
import { FormEnd } from '../../parts/FormEnd';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { isServer } from '../../text/checks';
import '../../text/connection';

const ENCRYPTIONS = ['', 'none', 'sdes', 'dtls', 'sdes_dtls'] as const;
const CODECS = ['opus', 'g722', 'pcma', 'pcmu', 'g729'];
const DTMFS = ['', 'rfc2833', 'info', 'inband', 'auto'] as const;

/** How the extension speaks SIP, and whether it may be virtualized. */
export function SipPreferences({ extension, onClose }: { extension: Extension; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      allow: extension.virtualization?.allow ?? false,
      hot_desk: extension.hot_desk,
      media_encryption: extension.sip?.media_encryption ?? '',
      dtmf: extension.sip?.dtmf ?? '',
      codecs: extension.sip?.codecs ?? [],
      publishes_state: extension.sip?.publishes_state ?? false,
      force_mwi: extension.sip?.force_mwi ?? false,
      server: extension.server ?? '',
    },
    validate: { server: (v) => (v.trim() === '' || isServer(v.trim()) ? null : t('preferences.badServer')) },
  });
  const save = useMutation({
    mutationFn: ({ allow, hot_desk, media_encryption, dtmf, codecs, publishes_state, force_mwi, server }: typeof form.values) =>
      ask('PATCH', `/extensions/${extension.id}`, {
        revision: extension.revision,
        hot_desk,
        virtualization: { allow },
        server: server.trim(),
        sip: { ...(codecs.length > 0 && { codecs }), ...(media_encryption && { media_encryption }), ...(dtmf && { dtmf }), publishes_state, force_mwi },
      }),
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
    onSuccess: () => {
      tell(t('common.saved'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['extensions'] });
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <Stack>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <Switch label={t('extensions.hotDeskLabel')} data-autofocus {...form.getInputProps('hot_desk', { type: 'checkbox' })} />
        <Switch label={t('preferences.virtualization')} description={t('preferences.virtualizationHelp')} {...form.getInputProps('allow', { type: 'checkbox' })} />
        <NativeSelect
          label={t('preferences.encryption')}
          description={t('preferences.encryptionHelp')}
          data={ENCRYPTIONS.map((value) => ({ value, label: t(`preferences.encryptions.${value || 'default'}`) }))}
          {...form.getInputProps('media_encryption')}
        />
        {!['', 'none'].includes(form.values.media_encryption) && <Alert color="orange">{t('preferences.encryptionWarning')}</Alert>}
        <NativeSelect label={t('preferences.dtmf')} data={DTMFS.map((value) => ({ value, label: t(`preferences.dtmfs.${value || 'default'}`) }))} {...form.getInputProps('dtmf')} />
        <MultiSelect
          label={t('preferences.codecs')}
          description={t('preferences.codecsHelp')}
          data={[...new Set([...CODECS, ...form.values.codecs])]}
          {...form.getInputProps('codecs')}
        />
        <Switch label={t('preferences.publishes')} description={t('preferences.publishesHelp')} {...form.getInputProps('publishes_state', { type: 'checkbox' })} />
        <Switch label={t('preferences.forceMwi')} description={t('preferences.forceMwiHelp')} {...form.getInputProps('force_mwi', { type: 'checkbox' })} />
        <TextInput label={t('preferences.server')} description={t('preferences.serverHelp')} autoComplete="off" spellCheck={false} {...form.getInputProps('server')} />
        <FormEnd onClose={onClose} busy={save.isPending} />
      </Stack>
    </form>
  );
}
