// What can be done with a number, in a menu on its row.
import { Button, Menu, Modal, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ask } from '../../api/client';
import { leave } from '../../api/seats';
import { tell, tellProblem } from '../../parts/notify';
import { Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import classes from './Telephony.module.css';
import type { Row } from './rows';

const Details = lazy(() => import('./Details'));
const HandsetLogin = lazy(() => import('./HandsetLogin'));
const DisplayName = lazy(() => import('./DisplayName'));
const AssignUser = lazy(() => import('./AssignUser'));

const DIALOGS = { details: Details, login: HandsetLogin, display: DisplayName, assign: AssignUser };
type Dialog = keyof typeof DIALOGS;

export interface DialogProps {
  row: Row;
  onBusy: (on: boolean) => void;
  onClose: () => void;
}

export function Options({ row, onBusy }: { row: Row; onBusy: (on: boolean) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayWrite = useMay('numbers.write');
  const mayPIN = useMay('extensions.write');
  const maySeat = useMay('seats.write');
  const target = useRef<HTMLButtonElement>(null);
  const [dialog, setDialog] = useState<Dialog | 'pin'>();
  const { number, extension, place } = row;
  const close = () => {
    setDialog(undefined);
    // The menu's item from which it came is gone; its button is not.
    setTimeout(() => target.current?.focus(), 0);
  };
  const reset = useMutation({
    mutationFn: () => ask('POST', `/extensions/${extension?.id}/reset-pin`),
    onSuccess: () => {
      setDialog('pin');
      return queries.invalidateQueries({ queryKey: ['extensions'] });
    },
    onError: tellProblem,
  });
  const out = useMutation({
    mutationFn: () => leave(place?.seat ?? ''),
    onMutate: () => onBusy(true),
    onSuccess: () => tell(t('telephony.loggedOut', { number: number.number })),
    onError: tellProblem,
    onSettled: () => onBusy(false),
  });
  // A dialog that waits for a handset stays open while the number is pending.
  if (number.status !== 'active' || number.main) return null;
  const titles: Record<Dialog | 'pin', string> = {
    details: t('telephony.actions.details'),
    login: t('telephony.handset.title'),
    display: t('telephony.actions.display'),
    assign: number.user ? t('telephony.actions.unassign') : t('telephony.actions.assign'),
    pin: t('telephony.actions.pin'),
  };
  const Content = dialog && dialog !== 'pin' ? DIALOGS[dialog] : undefined;
  return (
    <>
      <Menu position="bottom-end" width={230} withinPortal>
        <Menu.Target>
          <Button
            ref={target}
            size="xs"
            variant="default"
            className={classes.options}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
            aria-label={t('telephony.options', { number: number.number })}
            disabled={!row.may}
          >
            {t('common.actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog('details')}>{t('telephony.actions.details')}</Menu.Item>
          {extension && <Menu.Item onClick={() => void navigate(`/telephony/${number.id}`)}>{t('telephony.actions.features')}</Menu.Item>}
          {extension && mayPIN && <Menu.Item onClick={() => reset.mutate()}>{t('telephony.actions.pin')}</Menu.Item>}
          {extension && maySeat && (
            <Menu.Item onClick={() => (place ? out.mutate() : setDialog('login'))}>{place ? t('telephony.actions.logout') : t('telephony.actions.login')}</Menu.Item>
          )}
          {mayWrite && <Menu.Item onClick={() => setDialog('display')}>{t('telephony.actions.display')}</Menu.Item>}
          {mayWrite && <Menu.Item onClick={() => setDialog('assign')}>{titles.assign}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={!!dialog} onClose={close} title={dialog && titles[dialog]} centered returnFocus={false} closeButtonProps={{ 'aria-label': t('common.close') }}>
        {dialog === 'pin' && (
          <>
            <Text size="sm" mb="md" role="status">
              {t('telephony.pinReset', { number: number.number })}
            </Text>
            <Button onClick={close} data-autofocus>
              {t('telephony.ok')}
            </Button>
          </>
        )}
        {Content && (
          <Suspense fallback={<Loading />}>
            <Content row={row} onBusy={onBusy} onClose={close} />
          </Suspense>
        )}
      </Modal>
    </>
  );
}
