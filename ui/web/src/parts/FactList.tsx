import { Card, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What is known of somebody, line by line; empty lines are left out. */
export function FactList({ facts, children }: { facts: [string, string][]; children?: ReactNode }) {
  return (
    <Card withBorder maw={560}>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Group key={name} component="div" gap="md" py={4} wrap="nowrap" align="baseline">
              <Text component="dt" c="dimmed" size="sm" w={130} style={{ flexShrink: 0 }}>
                {name}
              </Text>
              <Text component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Text>
            </Group>
          ))}
      </dl>
      {children}
    </Card>
  );
}
