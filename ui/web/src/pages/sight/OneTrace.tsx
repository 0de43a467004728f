// One trace: its ladder, its messages in full, and its capture file.
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowLeft, IconArrowRight, IconDownload, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import { firstLine, useTrace, type Trace, type TraceMessage } from '../../api/sight';
import { Ask } from '../../parts/Ask';
import { CopyBlock } from '../../parts/CopyLine';
import { tellProblem } from '../../parts/notify';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';
import '../../text/sight';
import classes from './Sight.module.css';
import { State } from './Traces';

export default function OneTrace() {
  return (
    <Guarded permission="traces.read">
      <Found />
    </Guarded>
  );
}

function Found() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const found = useTrace(id);
  const trace = found.data?.trace;
  return (
    <Page title={trace?.name ?? t('traces.title')} back={{ to: '/traces', label: t('traces.title') }} aside={trace && <Actions trace={trace} />}>
      {found.isPending && <Loading />}
      {found.error && <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {trace && (
        <Stack>
          <Text size="sm" c="dimmed" role="status">
            <State trace={trace} /> · {t('traces.messages')}: {trace.messages}
            {trace.dropped > 0 && ` · ${t('traces.dropped', { count: trace.dropped })}`} · {t('traces.by')} {trace.by}
          </Text>
          {trace.messages === 0 ? <Text size="sm">{t('traces.none')}</Text> : <Ladder trace={trace} />}
          <Messages list={found.data?.messages ?? []} />
        </Stack>
      )}
    </Page>
  );
}

function Actions({ trace }: { trace: Trace }) {
  const { t } = useTranslation();
  const may = useMay('traces.write');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, question] = useDisclosure(false);
  const again = () => queries.invalidateQueries({ queryKey: ['traces'] });
  const stop = useMutation({ mutationFn: () => ask('POST', `/traces/${trace.id}/stop`), onSuccess: again, onError: tellProblem });
  const forget = useMutation({
    mutationFn: () => ask('DELETE', `/traces/${trace.id}`),
    onSuccess: () => {
      void navigate('/traces');
      queries.removeQueries({ queryKey: ['traces', trace.id] });
      return again();
    },
    onError: tellProblem,
  });
  return (
    <Group gap="xs">
      {may && trace.running && (
        <Button variant="default" leftSection={<IconPlayerStop size={16} />} loading={stop.isPending} onClick={() => stop.mutate()}>
          {t('traces.stop')}
        </Button>
      )}
      <Button component="a" href={`/api/v1/traces/${trace.id}/pcap`} download variant="default" leftSection={<IconDownload size={16} />}>
        {t('traces.pcap')}
      </Button>
      {may && (
        <Button variant="default" leftSection={<IconTrash size={16} />} onClick={question.open}>
          {t('traces.delete')}
        </Button>
      )}
      <Ask opened={asking} title={t('traces.delete')} confirm={t('traces.delete')} danger busy={forget.isPending} onConfirm={() => forget.mutate()} onClose={question.close}>
        {t('traces.deleteText', { name: trace.name })}
      </Ask>
    </Group>
  );
}

/** The ladder as the appliance draws it. */
function Ladder({ trace }: { trace: Trace }) {
  const { t } = useTranslation();
  const ladder = useQuery({
    queryKey: ['traces', trace.id, 'ladder', trace.messages],
    queryFn: async ({ signal }) => {
      const answer = await fetch(`/api/v1/traces/${trace.id}/ladder`, { signal, credentials: 'same-origin', cache: 'no-store' });
      if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => undefined));
      return answer.text();
    },
    placeholderData: (before) => before,
    gcTime: 0,
  });
  if (ladder.error) return <Failed error={ladder.error} onRetry={() => void ladder.refetch()} />;
  if (!ladder.data) return <Loading />;
  return (
    <section>
      <Title order={2} size="h5" mb={6}>
        {t('traces.ladder')}
      </Title>
      <CopyBlock value={ladder.data} label={t('traces.ladder')} />
    </section>
  );
}

/** Each message, opened for its full text. */
function Messages({ list }: { list: TraceMessage[] }) {
  const { t } = useTranslation();
  if (list.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h5" mb={6}>
        {t('traces.messages')}
      </Title>
      {list.map((m, i) => {
        const Arrow = m.in ? IconArrowRight : IconArrowLeft;
        return (
          <details key={`${m.at} ${i}`} className={classes.message} data-in={m.in}>
            <summary>
              <Arrow size={16} aria-hidden="true" /> <span className="onlyRead">{m.in ? t('traces.to') : t('traces.from')}</span>
              <span className="mono">{firstLine(m.text)}</span>
              <span className={classes.where}>
                {m.remote} {m.transport.toUpperCase()} · <At at={m.at} short />
              </span>
            </summary>
            <pre tabIndex={0}>{m.text}</pre>
          </details>
        );
      })}
    </section>
  );
}
