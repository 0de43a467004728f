import { Badge, Button, Group, Select, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { memo, useRef, useState, type DragEvent, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask } from '../../../api/client';
import type { Device } from '../../../api/types';
import { useStream } from '../../../live/live';
import { tell } from '../../../parts/notify';
import { Failed } from '../../../parts/States';
import { Ago, useNow } from '../../../parts/time';
import { useMay } from '../../../session/session';
import { StepBadge } from '../cells';
import { ClueList } from '../Facts';
import phones from '../Phones.module.css';
import { meant, nameOf } from '../words';
import { DRAGGED } from './People';
import { Teach } from './Teach';
import classes from './Waiting.module.css';

interface Props {
  device: Device;
  choices: { value: string; label: string }[];
  onDone: (device: Device) => void;
}

/** One phone that waits: choose the extension, Enter approves. */
export const WaitingRow = memo(function WaitingRow({ device, choices, onDone }: Props) {
  const { t } = useTranslation();
  const stream = useStream();
  const mayApprove = useMay('devices.approve');
  const [line, setLine] = useState<string | null>(device.line || null);
  const [search, setSearch] = useState('');
  const [missing, setMissing] = useState(false);
  const [over, setOver] = useState(false);
  const sent = useRef(false);
  const name = `${nameOf(device, t('phones.unknownModel'))} ${device.mac}`;
  const approve = useMutation({
    mutationFn: (number: string) => ask<Device | undefined>('POST', `/devices/${device.id}/approve`, number ? { line: number } : {}),
    onSuccess: (now) => {
      onDone(device);
      if (now) stream.put(now);
      tell(t('phones.detail.approved', { name }));
    },
    onError: () => {
      sent.current = false;
    },
  });
  // Two presses in a row approve once.
  const send = (number: string) => {
    if (sent.current) return;
    sent.current = true;
    approve.mutate(number);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const number = meant(search, line, choices);
    setMissing(number === undefined);
    if (number !== undefined) send(number);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const number = event.dataTransfer.getData(DRAGGED);
    if (!number || !mayApprove) return;
    setLine(number);
    send(number);
  };
  return (
    <li
      className={classes.row}
      data-row={device.id}
      data-over={over}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <What device={device} />
      <Known device={device} />
      {mayApprove && (
        <form className={classes.form} onSubmit={submit} noValidate>
          <Select
            aria-label={t('waiting.belongsTo', { name })}
            placeholder={t('phones.add.hotdesk')}
            data={choices}
            value={line}
            onChange={setLine}
            searchValue={search}
            onSearchChange={(text) => {
              setSearch(text);
              setMissing(false);
            }}
            error={missing ? t('waiting.noSuch', { text: search }) : undefined}
            searchable
            clearable
            selectFirstOptionOnChange
            limit={50}
            openOnFocus={false}
            className={classes.choice}
          />
          <Button type="submit" leftSection={<IconCheck size={16} aria-hidden="true" />} loading={approve.isPending} aria-label={t('phones.approveName', { name })}>
            {t('waiting.approve')}
          </Button>
        </form>
      )}
      {approve.error && (
        <div className={classes.fault}>
          <Failed error={approve.error} />
        </div>
      )}
    </li>
  );
});

function What({ device }: { device: Device }) {
  const { t } = useTranslation();
  const now = useNow(5000);
  const last = device.last_step;
  return (
    <div>
      <Group gap={8}>
        <Link to={`/phones/${device.id}`} className={phones.name} data-mac={device.mac}>
          {nameOf(device, t('phones.unknownModel'))}
        </Link>
        <StepBadge step={device.step} />
      </Group>
      <Text size="sm" className="mono">
        {device.mac}
      </Text>
      <Text size="sm" c="dimmed">
        {t('phones.phoneId')} <span className="mono">{device.phone_id}</span>
        {device.firmware && ` · ${t('phones.firmware', { version: device.firmware })}`}
        {device.site && ` · ${device.site.name}`}
      </Text>
      {last && (
        <Text size="sm" c="dimmed">
          {last.door.toUpperCase()} · <Ago at={last.at} now={now} />
          {device.registration && ` · ${device.registration.source}`}
        </Text>
      )}
    </div>
  );
}

/** What is known, how sure it is, and where the signs do not agree. */
function Known({ device }: { device: Device }) {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  return (
    <div>
      <Text size="sm">{t('waiting.sureIs', { sure: t(`waiting.sure.${device.model ? device.sure || 'none' : device.vendor ? 'guess' : 'none'}`) })}</Text>
      <ClueList device={device} />
      {(device.clue_conflicts ?? []).length > 0 && (
        <Tooltip label={(device.clue_conflicts ?? []).join('. ')} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
          <Badge variant="default" tabIndex={0} className={phones.warning} leftSection={<IconAlertTriangle size={13} aria-hidden="true" />}>
            {t('waiting.differ')}
          </Badge>
        </Tooltip>
      )}
      {!device.model && mayWrite && <Teach path={`/devices/${device.id}/teach`} name={device.mac} said={{}} />}
    </div>
  );
}
