import { Button, Card, Group, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './DataList.module.css';

export interface Column<T> {
  key: string;
  label: string;
  render: (row: T) => ReactNode;
  /** The heading of a row's card. */
  lead?: boolean;
  /** Leave this line of the card out where there is nothing to say. */
  blank?: (row: T) => boolean;
  width?: number | string;
  nowrap?: boolean;
}

interface Props<T> {
  label: string;
  rows: T[];
  columns: Column<T>[];
  idOf: (row: T) => string;
  actions?: (row: T) => ReactNode;
  onOpen?: (row: T) => void;
  /** Highlights a row. */
  marked?: (row: T) => boolean;
  selected?: string;
}

/** How many rows are painted at first, and more with each press. */
const PORTION = 200;

/** A table where there is room, cards where there is not. */
export function DataList<T>(props: Props<T>) {
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const { t } = useTranslation();
  const [shown, setShown] = useState(PORTION);
  const rows = props.rows.slice(0, shown);
  const left = props.rows.length - rows.length;
  return (
    <>
      {wide ? <Wide {...props} rows={rows} /> : <Narrow {...props} rows={rows} />}
      {left > 0 && (
        <Button variant="default" mt="sm" onClick={() => setShown((n) => n + PORTION)}>
          {t('common.showMore', { count: Math.min(left, PORTION) })}
        </Button>
      )}
    </>
  );
}

function stateOf<T>(props: Props<T>, row: T): string {
  return [
    props.onOpen ? classes.opens : '',
    props.marked?.(row) ? classes.marked : '',
    props.selected === props.idOf(row) ? classes.selected : '',
  ].join(' ');
}

/** Opens a row by a click anywhere in it that hits no control. */
function openBy<T>(props: Props<T>, row: T) {
  if (!props.onOpen) return undefined;
  return (event: React.MouseEvent) => {
    if ((event.target as Element).closest('a, button, input, [role="menu"]')) return;
    if (window.getSelection()?.toString()) return;
    props.onOpen?.(row);
  };
}

function Wide<T>(props: Props<T>) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={720} className={classes.frame} scrollAreaProps={{ offsetScrollbars: false, tabIndex: 0, role: 'region', 'aria-label': props.label }}>
      <Table verticalSpacing="sm" horizontalSpacing="sm" aria-label={props.label}>
        <Table.Thead>
          <Table.Tr>
            {props.columns.map((c) => (
              <Table.Th key={c.key} w={c.width} className={classes.head}>
                {c.label}
              </Table.Th>
            ))}
            {props.actions && (
              <Table.Th className={classes.head}>
                <span className="onlyRead">{t('common.actions')}</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.rows.map((row) => (
            <Table.Tr key={props.idOf(row)} className={stateOf(props, row)} onClick={openBy(props, row)} data-row={props.idOf(row)}>
              {props.columns.map((c) => (
                <Table.Td key={c.key} className={c.nowrap ? classes.nowrap : undefined}>
                  {c.render(row)}
                </Table.Td>
              ))}
              {props.actions && (
                <Table.Td className={classes.nowrap}>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {props.actions(row)}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Narrow<T>(props: Props<T>) {
  const lead = props.columns.find((c) => c.lead) ?? props.columns[0];
  return (
    <Stack gap="sm" component="ul" aria-label={props.label} className={classes.cards}>
      {props.rows.map((row) => (
        <Card
          component="li"
          key={props.idOf(row)}
          withBorder
          padding="sm"
          radius="md"
          className={stateOf(props, row)}
          onClick={openBy(props, row)}
          data-row={props.idOf(row)}
        >
          {lead?.render(row)}
          <dl className={classes.lines}>
            {props.columns
              .filter((c) => c !== lead && !c.blank?.(row))
              .map((c) => (
                <div key={c.key} className={classes.line}>
                  <Text component="dt" size="sm" c="dimmed">
                    {c.label}
                  </Text>
                  <dd>{c.render(row)}</dd>
                </div>
              ))}
          </dl>
          {props.actions && (
            <Group gap={4} justify="flex-end">
              {props.actions(row)}
            </Group>
          )}
        </Card>
      ))}
    </Stack>
  );
}
