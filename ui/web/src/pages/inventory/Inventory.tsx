import { Badge, Button, Group, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconCircleCheck, IconCircleDashed, IconHourglass, IconLink, IconPlus, IconRecycle, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isFree } from '../../api/onboarding';
import type { Device } from '../../api/types';
import { useLive } from '../../live/live';
import { DataList, type Column } from '../../parts/DataList';
import { Nothing } from '../../parts/States';
import { said } from '../../parts/time';
import { useQueryState } from '../../parts/useQueryState';
import { useMay } from '../../session/session';
import AddPhone from '../phones/AddPhone';
import { DriftBadge, SharedBadge } from '../phones/cells';
import phones from '../phones/Phones.module.css';
import { isWaiting, kindOf, nameOf, pick } from '../phones/words';
import { AssignDialog } from './AssignDialog';
import { Provision } from './Provision';

export default function Inventory() {
  const { t } = useTranslation();
  const { devices } = useLive();
  const mayWrite = useMay('devices.write');
  const [params, set] = useQueryState();
  const [adding, add] = useDisclosure(false);
  const [assigning, setAssigning] = useState<Device | undefined>();
  const query = params.get('q') ?? '';
  const free = params.get('free') === '1';
  const rows = useMemo(() => pick(devices.values(), query, 'all').filter((d) => !free || isFree(d)).sort((a, b) => a.mac.localeCompare(b.mac)), [devices, query, free]);
  const columns: Column<Device>[] = [
    {
      key: 'mac',
      label: t('sip.mac'),
      lead: true,
      nowrap: true,
      render: (d) => (
        <Link to={`/phones/${d.id}`} className={`${phones.name} mono`} data-device={d.mac}>
          {d.mac}
        </Link>
      ),
    },
    {
      key: 'model',
      label: t('sip.model'),
      render: (d) => (
        <>
          <Text size="sm">{kindOf(d, t('phones.unknownModel'))}</Text>
          {d.name && (
            <Text size="sm" c="dimmed">
              {d.name}
            </Text>
          )}
        </>
      ),
    },
    { key: 'firmware', label: t('sip.firmware'), render: (d) => d.firmware, blank: (d) => !d.firmware },
    { key: 'extension', label: t('sip.extension'), render: (d) => <Assigned device={d} /> },
    { key: 'equipment', label: t('sip.equipment'), render: (d) => d.equipment, blank: (d) => !d.equipment },
    {
      key: 'status',
      label: t('sip.status'),
      render: (d) => (
        <Stack gap={4} align="flex-start">
          <Status of={statusOf(d)} />
          <DriftBadge device={d} />
          <SharedBadge device={d} />
        </Stack>
      ),
    },
  ];
  const extension = params.get('extension') ?? '';
  return (
    <>
      {extension && mayWrite && <Provision key={extension} number={extension} onAdd={add.open} onDone={() => set('extension', '')} />}
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('sip.inventory')}
        </Title>
        {mayWrite && (
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={add.open}>
            {t('sip.add')}
          </Button>
        )}
      </Group>
      {devices.size === 0 && <Nothing>{t('sip.none')}</Nothing>}
      {devices.size > 0 && (
        <>
          <div className={phones.tools}>
            <TextInput
              className={phones.search}
              type="search"
              label={t('common.filter')}
              leftSection={<IconSearch size={16} aria-hidden="true" />}
              value={query}
              onChange={(event) => set('q', event.currentTarget.value)}
            />
            <Switch label={t('sip.free')} pb={8} checked={free} onChange={(event) => set('free', event.currentTarget.checked ? '1' : '')} />
          </div>
          {rows.length === 0 && <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>}
          {rows.length > 0 && (
            <DataList
              label={t('sip.inventory')}
              rows={rows}
              columns={columns}
              idOf={(d) => d.id}
              actions={
                mayWrite
                  ? (d) => !d.retired_at && (
                      <Button
                        size="xs"
                        variant="default"
                        leftSection={<IconLink size={15} aria-hidden="true" />}
                        aria-label={t('sip.assignTo', { name: `${nameOf(d, t('phones.unknownModel'))} ${d.mac}` })}
                        onClick={() => setAssigning(d)}
                      >
                        {t('sip.provision')}
                      </Button>
                    )
                  : undefined
              }
            />
          )}
        </>
      )}
      <AddPhone opened={adding} onClose={add.close} />
      <AssignDialog device={assigning} preset={extension} onClose={() => setAssigning(undefined)} />
    </>
  );
}

const ICONS = { registered: IconCircleCheck, unregistered: IconCircleDashed, announced: IconCircleDashed, waiting: IconHourglass, disabled: IconBan, retired: IconRecycle };

function Status({ of: status }: { of: keyof typeof ICONS }) {
  const { t } = useTranslation();
  const Icon = ICONS[status];
  return (
    <Group gap={6} wrap="nowrap" className={phones.registered} data-registered={status === 'registered'}>
      <Icon size={18} aria-hidden="true" />
      <Text size="sm">{t(`sip.states.${status}`)}</Text>
    </Group>
  );
}

function Assigned({ device }: { device: Device }) {
  const { t } = useTranslation();
  const lines = (device.lines ?? [device.line]).filter(Boolean);
  if (lines.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('phones.free')}
      </Text>
    );
  }
  return (
    <Group gap={6}>
      {lines.map((l) => (
        <Badge key={l} variant="default" className="mono">
          {l}
        </Badge>
      ))}
    </Group>
  );
}

function statusOf(d: Device) {
  if (d.retired_at) return 'retired';
  if (d.disabled) return 'disabled';
  if (isWaiting(d)) return 'waiting';
  if (d.registered) return 'registered';
  return said(d.seen_at) ? 'unregistered' : 'announced';
}
