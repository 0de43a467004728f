// One model: what is known of it, its templates and the own ones.
import { Alert, Button, Group, List, Modal, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { usePhoneModel, type PhoneModel } from '../../api/templates';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import { Facts } from './Facts';
import '../../text/templates';

const Builtin = lazy(() => import('./Builtin'));
const OwnList = lazy(async () => ({ default: (await import('./OwnList')).OwnList }));
const NewTemplate = lazy(() => import('./NewTemplate'));

export default function Model() {
  const { t } = useTranslation();
  const { model = '' } = useParams();
  const one = usePhoneModel(model);
  return (
    <Guarded permission="templates.read">
      <Page title={one.data?.label ?? model} back={{ to: '/templates', label: t('models.title') }}>
        {one.isPending && <Loading />}
        {one.error && <Failed error={one.error} onRetry={() => void one.refetch()} />}
        {one.data && <Known model={one.data} />}
      </Page>
    </Guarded>
  );
}

function Known({ model }: { model: PhoneModel }) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      {model.notes.length > 0 && (
        <Alert color="yellow" variant="default" icon={<IconInfoCircle />} title={t('models.notes')} role="note">
          <List size="sm">
            {model.notes.map((n) => (
              <List.Item key={n}>{n}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <div>
        <Title order={2} size="h4" mb="xs">
          {t('models.own')}
        </Title>
        <Suspense fallback={<Loading />}>
          <OwnList model={model.id} />
        </Suspense>
      </div>
      <Parts model={model} />
      <section aria-labelledby="facts">
        <Title order={2} size="h4" mb="xs" id="facts">
          {t('models.facts')}
        </Title>
        <Facts model={model} />
      </section>
    </Stack>
  );
}

function Parts({ model }: { model: PhoneModel }) {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  const [file, setFile] = useState('');
  const [viewing, view] = useDisclosure(false);
  const [making, make] = useDisclosure(false);
  const show = (part: string, dialog: { open: () => void }) => {
    setFile(part);
    dialog.open();
  };
  return (
    <section aria-labelledby="parts">
      <Title order={2} size="h4" id="parts">
        {t('models.parts')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t('models.partsHelp')}
      </Text>
      <Table verticalSpacing={6} aria-labelledby="parts" maw={720}>
        <Table.Tbody>
          {model.parts.map((part) => (
            <Table.Tr key={part}>
              <Table.Th scope="row" fw={400} className="mono">
                {part}
              </Table.Th>
              <Table.Td>
                <Group gap="xs" justify="flex-end">
                  <Button size="xs" variant="default" aria-label={t('models.viewPart', { file: part })} onClick={() => show(part, view)}>
                    {t('models.view')}
                  </Button>
                  {mayWrite && (
                    <Button size="xs" variant="default" aria-label={t('models.replacePart', { file: part })} onClick={() => show(part, make)}>
                      {t('models.replace')}
                    </Button>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Modal opened={viewing} onClose={view.close} title={file} size="xl" closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <Builtin model={model.id} file={file} />
        </Suspense>
      </Modal>
      <Modal opened={making} onClose={make.close} title={t('templates.add')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <NewTemplate model={model} file={file} onClose={make.close} />
        </Suspense>
      </Modal>
    </section>
  );
}
