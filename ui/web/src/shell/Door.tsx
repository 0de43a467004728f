import icon from '../icon.svg';
import { Center, Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The frame of the pages before one is inside. */
export function Door({ title, width, children }: { title: string; width: number; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder radius="lg" p={{ base: 'md', sm: 'xl' }} w="100%" maw={width} shadow="sm">
        <Group gap="sm" mb="lg" wrap="nowrap">
          <img src={icon} alt={t('product')} width={36} height={36} />
          <Title order={1} size="h3">
            {title}
          </Title>
        </Group>
        {children}
      </Paper>
    </Center>
  );
}
