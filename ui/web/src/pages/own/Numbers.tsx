// One's own numbers and extensions, for those who do not see everybody's: where
// they are logged in, and how they get elsewhere.
import { Button, Modal, Text, Title } from '@mantine/core';
import { IconHome, IconLogin2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ownReturn, useOwnExtensions, useOwnNumbers, type OwnExtension } from '../../api/own';
import type { PhoneNumber } from '../../api/numbers';
import { DataList, type Column } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import '../../text/own';
import '../../text/phones';
import '../../text/telephony';
import { labelOf } from '../telephony/rows';

const Login = lazy(() => import('./Login'));

export interface OwnRow {
  id: string;
  extension?: OwnExtension;
  number?: PhoneNumber;
}

/** A row for each number, and one for each extension that none leads to. */
export function ownRows(extensions: readonly OwnExtension[], numbers: readonly PhoneNumber[]): OwnRow[] {
  const rows: OwnRow[] = numbers.map((number) => ({ id: number.id, number, extension: extensions.find((e) => e.number === number.extension) }));
  const led = new Set(numbers.map((n) => n.extension));
  return [...rows, ...extensions.filter((e) => !led.has(e.number)).map((extension) => ({ id: extension.id, extension }))];
}

/** What a row is called. */
export const nameOfRow = (r: OwnRow): string => r.number?.number ?? r.extension?.number ?? '';

export default function Numbers() {
  const { t } = useTranslation();
  const extensions = useOwnExtensions();
  const numbers = useOwnNumbers();
  const error = extensions.error ?? numbers.error;
  const rows = ownRows(extensions.data ?? [], numbers.data ?? []);
  const columns: Column<OwnRow>[] = [
    { key: 'number', label: t('telephony.number'), lead: true, nowrap: true, render: (r) => <span className="mono">{r.number?.number ?? t('common.none')}</span> },
    { key: 'extension', label: t('telephony.extension'), nowrap: true, render: (r) => <span className="mono">{r.extension?.number ?? t('common.none')}</span> },
    { key: 'label', label: t('telephony.actions.display'), render: (r) => r.number && labelOf(r.number), blank: (r) => !r.number || !labelOf(r.number) },
    { key: 'status', label: t('telephony.status'), render: (r) => r.number && t(`telephony.statuses.${r.number.status}`), blank: (r) => !r.number },
    { key: 'in', label: t('telephony.loggedIn'), render: (r) => <At row={r} /> },
  ];
  return (
    <section aria-labelledby="telephony">
      <Title order={2} size="h4" mt="xl" mb="sm" id="telephony">
        {t('telephony.title')}
      </Title>
      {(extensions.isPending || numbers.isPending) && <Loading />}
      {error && <Failed error={error} onRetry={() => void Promise.all([extensions.refetch(), numbers.refetch()])} />}
      {extensions.data && numbers.data && rows.length === 0 && <Text c="dimmed">{t('own.noNumber')}</Text>}
      {rows.length > 0 && <DataList label={t('telephony.title')} rows={rows} columns={columns} idOf={(r) => r.id} actions={(r) => <Actions row={r} />} />}
    </section>
  );
}

/** Where it is a guest, by the base extension of that phone where it has one. */
function At({ row: { extension } }: { row: OwnRow }) {
  const { t } = useTranslation();
  const at = extension?.guest;
  if (!at) return <>{t('telephony.no')}</>;
  return (
    <>
      {t('telephony.yes')}
      <Text size="xs" c="dimmed">
        {[at.base && `${t('telephony.virtual')} ${at.base}`, at.name || at.equipment].filter(Boolean).join(', ')} <span className="mono">{at.phone_id}</span>
      </Text>
    </>
  );
}

function Actions({ row }: { row: OwnRow }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const { number, extension } = row;
  const name = nameOfRow(row);
  const back = useMutation({
    mutationFn: () => ownReturn(extension?.id ?? ''),
    onSuccess: () => {
      tell(t(extension?.guest?.base ? 'telephony.based' : 'telephony.loggedOut', { number: name }));
      return queries.invalidateQueries({ queryKey: ['own'] });
    },
    onError: tellProblem,
  });
  if (!extension || number?.main || number?.status === 'reserved') return null;
  const close = () => {
    setOpen(false);
    setTimeout(() => button.current?.focus(), 0);
  };
  return (
    <>
      {extension.guest ? (
        <Button
          ref={button}
          size="xs"
          variant="default"
          leftSection={<IconHome size={14} />}
          loading={back.isPending}
          onClick={() => back.mutate()}
          aria-label={t('own.outOf', { number: name })}
        >
          {extension.guest.base ? t('telephony.base') : t('telephony.actions.logout')}
        </Button>
      ) : (
        extension.hot_desk && (
          <Button
            ref={button}
            size="xs"
            variant="default"
            leftSection={<IconLogin2 size={14} />}
            disabled={number?.status === 'pending'}
            onClick={() => setOpen(true)}
            aria-label={t('own.loginOf', { number: name })}
          >
            {t('telephony.actions.login')}
          </Button>
        )
      )}
      {/* It says how the log-in went when the row is one that is logged in already. */}
      <Modal opened={open} onClose={close} title={t('telephony.handset.title')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <Login extension={extension} name={name} label={(number && labelOf(number)) || name} onClose={close} />
        </Suspense>
      </Modal>
    </>
  );
}
