// A page for records that are listed, made, changed and deleted in the ordinary way.
import { ActionIcon, Button, Modal, TextInput, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconEdit, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState, type ComponentType, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask, askAll } from '../api/client';
import { Ask } from './Ask';
import { DataList, type Column } from './DataList';
import { tell, tellProblem } from './notify';
import { Page } from './Page';
import { Failed, Guarded, Loading, Nothing } from './States';
import { useMay } from '../session/session';

export interface FormProps<T> {
  /** None: a new one. */
  row?: T;
  onClose: () => void;
}

export interface Kind<T> {
  /** As in the address of the API and in its permissions, such as "sites". */
  path: string;
  title: string;
  words: { add: string; edit: string; empty: string };
  columns: Column<T>[];
  nameOf: (row: T) => string;
  /** What the filter looks at. */
  textOf: (row: T) => string;
  /** Makes one, or changes one; fetched when it is opened first. */
  Form: ComponentType<FormProps<T>>;
  /** Stands above the list. */
  notice?: ReactNode;
  /** Further actions of a row. */
  more?: (row: T) => ReactNode;
  /** Further rules beside the permission. */
  mayChange?: (row: T) => boolean;
  mayDelete?: (row: T) => boolean;
}

export type Stored = { id: string; revision: number };

export function Records<T extends Stored>({ kind }: { kind: Kind<T> }) {
  return (
    <Guarded permission={`${kind.path}.read`}>
      <List kind={kind} />
    </Guarded>
  );
}

function List<T extends Stored>({ kind }: { kind: Kind<T> }) {
  const { t } = useTranslation();
  const mayWrite = useMay(`${kind.path}.write`);
  const [params, setParams] = useSearchParams();
  const [editing, setEditing] = useState<T | undefined>();
  const [form, dialog] = useDisclosure(false);
  const list = useQuery({ queryKey: [kind.path], queryFn: ({ signal }) => askAll<T>(`/${kind.path}`, signal) });
  const query = params.get('q') ?? '';
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = (list.data ?? []).filter((row) => {
    const text = kind.textOf(row).toLowerCase();
    return words.every((w) => text.includes(w));
  });
  const open = (row?: T) => {
    setEditing(row);
    dialog.open();
  };
  const deletion = useDeletion(kind);

  return (
    <Page
      title={kind.title}
      aside={
        mayWrite && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => open()}>
            {kind.words.add}
          </Button>
        )
      }
    >
      {kind.notice}
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Nothing>{kind.words.empty}</Nothing>}
      {list.data && list.data.length > 0 && (
        <>
          <TextInput
            type="search"
            label={t('common.filter')}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            value={query}
            onChange={(event) => setParams(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })}
            mb="md"
            maw={360}
          />
          {rows.length === 0 && <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>}
          {rows.length > 0 && (
            <DataList
              label={kind.title}
              rows={rows}
              columns={kind.columns}
              idOf={(row) => row.id}
              onOpen={mayWrite ? (row) => (kind.mayChange?.(row) ?? true) && open(row) : undefined}
              actions={
                mayWrite || kind.more
                  ? (row) => (
                      <>
                        {kind.more?.(row)}
                        {mayWrite && (kind.mayChange?.(row) ?? true) && (
                          <Tooltip label={t('common.edit')}>
                            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${t('common.edit')}: ${kind.nameOf(row)}`} onClick={() => open(row)}>
                              <IconEdit size={18} />
                            </ActionIcon>
                          </Tooltip>
                        )}
                        {mayWrite && (kind.mayDelete?.(row) ?? true) && (
                          <Tooltip label={t('common.delete')}>
                            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${t('common.delete')}: ${kind.nameOf(row)}`} onClick={() => deletion.ask(row)}>
                              <IconTrash size={18} />
                            </ActionIcon>
                          </Tooltip>
                        )}
                      </>
                    )
                  : undefined
              }
            />
          )}
        </>
      )}
      <Modal
        opened={form}
        onClose={dialog.close}
        title={editing ? kind.words.edit : kind.words.add}
        centered
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Suspense fallback={<Loading />}>
          <kind.Form key={editing?.id ?? 'new'} row={editing} onClose={dialog.close} />
        </Suspense>
      </Modal>
      {deletion.dialog}
    </Page>
  );
}

function useDeletion<T extends Stored>(kind: Kind<T>) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [row, setRow] = useState<T | undefined>();
  const [opened, dialog] = useDisclosure(false);
  const erase = useMutation({
    mutationFn: (one: T) => ask('DELETE', `/${kind.path}/${one.id}`),
    onSuccess: (_, one) => {
      dialog.close();
      tell(t('common.deleted', { name: kind.nameOf(one) }));
      return queries.invalidateQueries({ queryKey: [kind.path] });
    },
    onError: (e) => {
      dialog.close();
      tellProblem(e);
    },
  });
  return {
    ask: (one: T) => {
      setRow(one);
      dialog.open();
    },
    dialog: (
      <Ask
        opened={opened}
        title={t('common.delete')}
        confirm={t('common.delete')}
        danger
        busy={erase.isPending}
        onConfirm={() => row && erase.mutate(row)}
        onClose={dialog.close}
      >
        {t('common.confirmDelete', { name: row ? kind.nameOf(row) : '' })}
      </Ask>
    ),
  };
}
