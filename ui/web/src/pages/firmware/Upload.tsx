// Uploads a vendor's file and shows how much of it has gone.
import { Alert, Button, FileInput, Group, Modal, MultiSelect, Progress, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { sizeText, type FirmwareFile } from '../../api/firmware';
import { usePhoneModels } from '../../api/templates';
import { send } from '../../api/upload';
import { tell } from '../../parts/notify';
import { problemText } from '../../parts/problemText';
import { useMounted } from '../../parts/useMounted';

const once = (all: string[]): string[] => [...new Set(all)].sort((a, b) => a.localeCompare(b));

export default function Upload({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const mounted = useMounted();
  const queries = useQueryClient();
  const models = usePhoneModels();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [vendor, setVendor] = useState<string | null>(null);
  const [version, setVersion] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [gone, setGone] = useState(0);
  const [tried, setTried] = useState(false);
  const stopper = useRef<AbortController>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);
  const upload = useMutation({
    mutationFn: () => {
      stopper.current = new AbortController();
      const query = new URLSearchParams({ vendor: vendor ?? '', version: version.trim(), models: chosen.join(','), file: name.trim() });
      return send<FirmwareFile>(`/firmware?${query.toString()}`, file!, 'application/octet-stream', setGone, stopper.current.signal);
    },
    onSuccess: (made) => {
      tell(t('firmware.uploaded', { file: made.file }));
      onClose();
      return queries.invalidateQueries({ queryKey: ['firmware'] });
    },
    onSettled: () => setGone(0),
  });
  const stopped = upload.error instanceof DOMException && upload.error.name === 'AbortError';
  const complete = file && vendor && chosen.length > 0 && version.trim() !== '' && name.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(!complete);
    if (complete) upload.mutate();
  };
  const all = models.data ?? [];
  return (
    <Modal opened={mounted} onClose={onClose} title={t('firmware.uploadTitle')} centered size="lg" closeButtonProps={{ 'aria-label': t('common.close') }} closeOnClickOutside={!upload.isPending}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {upload.error && !stopped && (
            <Alert color="red" role="alert">
              {problemText(upload.error)}
            </Alert>
          )}
          {tried && !complete && (
            <Text size="sm" c="red" role="alert">
              {t('firmware.needed')}
            </Text>
          )}
          <FileInput
            label={t('firmware.file')}
            placeholder={t('firmware.choose')}
            value={file}
            onChange={(to) => {
              setFile(to);
              if (to && name === '') setName(to.name);
            }}
            required
          />
          <TextInput label={t('firmware.fileName')} value={name} onChange={(event) => setName(event.currentTarget.value)} autoComplete="off" required className="mono" />
          <Select
            label={t('firmware.vendor')}
            data={once(all.map((m) => m.vendor))}
            value={vendor}
            onChange={(to) => {
              setVendor(to);
              setChosen([]);
            }}
            searchable
            openOnFocus={false}
            required
          />
          <MultiSelect
            label={t('firmware.models')}
            data={all.filter((m) => m.vendor === vendor).map((m) => ({ value: m.id, label: m.label }))}
            value={chosen}
            onChange={setChosen}
            disabled={!vendor}
            searchable
            openOnFocus={false}
            required
          />
          <TextInput label={t('firmware.version')} description={t('firmware.versionHelp')} value={version} onChange={(event) => setVersion(event.currentTarget.value)} autoComplete="off" required />
          {upload.isPending && file && (
            <div>
              <Progress value={gone * 100} aria-label={t('firmware.upload')} />
              <Text size="sm" mt={4} role="status">
                {t('firmware.progress', { percent: Math.floor(gone * 100), size: sizeText(file.size) })}
              </Text>
            </div>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={upload.isPending ? () => stopper.current?.abort() : onClose}>
              {upload.isPending ? t('firmware.cancel') : t('common.cancel')}
            </Button>
            <Button type="submit" loading={upload.isPending}>
              {t('firmware.upload')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
