// What callers hear of us: music on hold, and every sentence that is spoken.
import { Badge, Button, FileButton, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { download } from '../../api/download';
import { send } from '../../api/upload';
import { DataList } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import { languageName } from '../../text/checks';
import '../../text/sounds';

interface Prompt {
  language: string;
  name: string;
  text: string;
  replaced: boolean;
}

export default function Sounds() {
  const { t } = useTranslation();
  return (
    <Guarded permission="sounds.read">
      <Page title={t('sounds.title')}>
        <Stack gap="xl">
          <Music />
          <Prompts />
        </Stack>
      </Page>
    </Guarded>
  );
}

/** The buttons of one sound: fetch it, put a file in its place, put ours back. */
function Handle({ path, file, name, own, keys }: { path: string; file: string; name: string; own: boolean; keys: string[] }) {
  const { t } = useTranslation();
  const mayWrite = useMay('sounds.write');
  const queries = useQueryClient();
  const fetched = useMutation({ mutationFn: () => download(file, `${name}.wav`), onError: tellProblem });
  const change = useMutation({
    mutationFn: (wav: File | null) => (wav ? send(path, wav, 'audio/wav', undefined, undefined, 'PUT') : ask('DELETE', path)),
    onSuccess: (_, wav) => {
      tell(t(wav ? 'sounds.done' : 'sounds.back', { name }));
      return queries.invalidateQueries({ queryKey: keys });
    },
    onError: tellProblem,
  });
  return (
    <Group gap="xs" wrap="nowrap">
      <Button size="xs" variant="default" loading={fetched.isPending} aria-label={`${t('sounds.download')}: ${name}`} onClick={() => fetched.mutate()}>
        {t('sounds.download')}
      </Button>
      {mayWrite && (
        <FileButton accept="audio/wav,.wav" onChange={(wav) => wav && change.mutate(wav)}>
          {(props) => (
            <Button {...props} size="xs" variant="default" loading={change.isPending} aria-label={`${t('sounds.replace')}: ${name}`}>
              {t('sounds.replace')}
            </Button>
          )}
        </FileButton>
      )}
      {mayWrite && own && (
        <Button size="xs" variant="default" aria-label={`${t('sounds.restore')}: ${name}`} onClick={() => change.mutate(null)}>
          {t('sounds.restore')}
        </Button>
      )}
    </Group>
  );
}

function Music() {
  const { t } = useTranslation();
  const music = useQuery({ queryKey: ['music'], queryFn: ({ signal }) => ask<{ own: boolean }>('GET', '/music', undefined, signal) });
  return (
    <div>
      <Title order={2} size="h4" mb={4}>
        {t('sounds.music')}
      </Title>
      {music.error && <Failed error={music.error} />}
      {music.isPending && <Loading />}
      {music.data && (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            {t(music.data.own ? 'sounds.musicOwn' : 'sounds.musicOurs')} {t('sounds.musicHelp')}
          </Text>
          <Handle path="/music" file="/music/file" name={t('sounds.music')} own={music.data.own} keys={['music']} />
        </>
      )}
    </div>
  );
}

function Prompts() {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<string | null>('en');
  const [word, setWord] = useState('');
  const list = useQuery({ queryKey: ['prompts'], queryFn: ({ signal }) => ask<{ languages: string[]; items: Prompt[] }>('GET', '/prompts', undefined, signal) });
  const sought = word.trim().toLowerCase();
  const rows = (list.data?.items ?? []).filter((p) => (!language || p.language === language) && `${p.name} ${p.text}`.toLowerCase().includes(sought));
  return (
    <div>
      <Title order={2} size="h4" mb={4}>
        {t('sounds.prompts')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('sounds.promptsHelp')}
      </Text>
      {list.error && <Failed error={list.error} />}
      {list.isPending && <Loading />}
      {list.data && (
        <>
          <Group align="flex-end" mb="sm" gap="sm">
            <Select label={t('sounds.language')} data={list.data.languages.map((value) => ({ value, label: languageName(value) }))} value={language} onChange={setLanguage} clearable w={140} />
            <TextInput label={t('sounds.search')} value={word} onChange={(event) => setWord(event.currentTarget.value)} />
          </Group>
          {rows.length === 0 && <Text>{t('sounds.none')}</Text>}
          <DataList
            label={t('sounds.prompts')}
            rows={rows}
            idOf={(p) => `${p.language}/${p.name}`}
            columns={[
              { key: 'text', label: t('sounds.said'), lead: true, render: (p) => p.text || p.name },
              { key: 'name', label: t('sounds.name'), nowrap: true, render: (p) => `${p.language}/${p.name}` },
              { key: 'replaced', label: '', blank: (p) => !p.replaced, render: (p) => p.replaced && <Badge variant="light">{t('sounds.replaced')}</Badge> },
            ]}
            actions={(p) => <Handle path={`/prompts/${p.language}/${p.name}`} file={`/prompts/${p.language}/${p.name}`} name={p.name} own={p.replaced} keys={['prompts']} />}
          />
        </>
      )}
    </div>
  );
}
