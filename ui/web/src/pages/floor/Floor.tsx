// The floor: a tile for each phone by site and room, with who sits there; people
// are dragged, or carried by keyboard, onto free phones.
import { Button, Group, NativeSelect, Text, Title } from '@mantine/core';
import { IconArrowBackUp, IconLayoutGrid, IconMoon } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useExtensions } from '../../api/lists';
import { moves } from '../../api/seats';
import type { Device, Extension } from '../../api/types';
import { useLive } from '../../live/live';
import { Page } from '../../parts/Page';
import { Guarded, Loading, Nothing } from '../../parts/States';
import { useMay } from '../../session/session';
import '../../text/floor';
import '../../text/phones';
import classes from './Floor.module.css';
import { People } from './People';
import { Tile } from './Tile';
import { rooms } from './tiles';
import { useMoves, whoOf } from './useMoves';

const Rules = lazy(() => import('./Rules'));

export default function Floor() {
  const { t } = useTranslation();
  const mayRule = useMay('organizations.write');
  const [ruling, setRuling] = useState(false);
  return (
    <Guarded permission="devices.read">
      <Page
        title={t('floor.title')}
        aside={
          mayRule && (
            <Button variant="default" leftSection={<IconMoon size={16} />} onClick={() => setRuling(true)}>
              {t('floor.rules.open')}
            </Button>
          )
        }
      >
        <Plan />
        {ruling && (
          <Suspense>
            <Rules onClose={() => setRuling(false)} />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}

function Plan() {
  const { t } = useTranslation();
  const { devices, loaded } = useLive();
  const extensions = useExtensions();
  const mayMove = useMay('seats.write');
  const moved = useMoves();
  const [picked, setPicked] = useState<Extension>();
  const [said, setSaid] = useState('');
  const [params, setParams] = useSearchParams();
  const all = useMemo(() => [...devices.values()].filter((d) => !d.disabled && !d.retired_at && !d.personal), [devices]);
  const sites = useMemo(() => [...new Map(all.map((d) => [d.site?.id ?? '', d.site?.name ?? ''])).entries()].sort((a, b) => a[1].localeCompare(b[1])), [all]);
  const chosen = params.get('site') ?? '';
  const people = useMemo(() => (extensions.data ?? []).filter(moves), [extensions.data]);

  const pick = (who?: Extension) => {
    if (!who && picked) setSaid(t('floor.down', { name: whoOf(picked) }));
    if (who) setSaid(t('floor.picked', { name: whoOf(who) }));
    setPicked(who);
  };
  const seat = (at: Device, number = picked?.number) => {
    const who = people.find((e) => e.number === number);
    setPicked(undefined);
    if (who && !moved.busy) moved.seat.mutate({ who, at });
  };
  useEscape(!!picked, () => pick(undefined));

  if (!loaded || extensions.isPending) return <Loading />;
  if (all.length === 0) return <Nothing icon={<IconLayoutGrid />}>{t('floor.empty')}</Nothing>;
  return (
    <>
      <span className="onlyRead" role="status">
        {said}
      </span>
      {mayMove && (
        <Text size="sm" c="dimmed" mb="sm" maw={720}>
          {t('floor.text')}
        </Text>
      )}
      <Undo moved={moved} />
      <div className={classes.floor}>
        {mayMove && <People people={people} devices={devices} picked={picked} onPick={pick} />}
        <div>
          {sites.length > 1 && (
            <NativeSelect
              label={t('floor.site')}
              data={[{ value: '', label: t('floor.allSites') }, ...sites.map(([value, label]) => ({ value, label }))]}
              value={chosen}
              onChange={(event) => setParams(event.currentTarget.value ? { site: event.currentTarget.value } : {}, { replace: true })}
              maw={260}
              mb="md"
            />
          )}
          {sites
            .filter(([id]) => !chosen || id === chosen)
            .map(([id, name]) => (
              <section key={id} aria-label={name}>
                <Title order={2} size="h4" mb="xs">
                  {name}
                </Title>
                {rooms(all.filter((d) => (d.site?.id ?? '') === id)).map((room) => (
                  <div key={room.name} className={classes.room} role="group" aria-label={room.name || t('floor.noRoom')}>
                    <Text size="sm" c="dimmed" fw={600} mb={4}>
                      {room.name || t('floor.noRoom')}
                    </Text>
                    <ul className={classes.tiles}>
                      {room.devices.map((d) => (
                        <Tile
                          key={d.id}
                          device={d}
                          picked={mayMove ? picked : undefined}
                          mayMove={mayMove}
                          onSeat={seat}
                          onOut={(who) => !moved.busy && moved.out.mutate({ who, at: d })}
                        />
                      ))}
                    </ul>
                  </div>
                ))}
              </section>
            ))}
        </div>
      </div>
    </>
  );
}

function useEscape(on: boolean, then: () => void) {
  useEffect(() => {
    if (!on) return undefined;
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') then();
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  });
}

/** What was done last, for as long as it can be taken back. */
function Undo({ moved }: { moved: ReturnType<typeof useMoves> }) {
  const { t } = useTranslation();
  const { done, undo } = moved;
  return (
    <div role="status" className={classes.undo} data-shown={!!done}>
      {done && (
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Text size="sm">{done.words}</Text>
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={15} />} loading={undo.isPending} onClick={() => undo.mutate(done)}>
            {t('floor.undo')}
          </Button>
        </Group>
      )}
    </div>
  );
}
