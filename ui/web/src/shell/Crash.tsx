import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { i18next } from '../text/i18n';

/** Says so when a page has failed, instead of showing nothing. */
export class Crash extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Container size="xs" py="xl">
        <Stack align="flex-start" role="alert">
          <Title order={1} size="h2">
            {i18next.t('problem.crashed')}
          </Title>
          <Text>{i18next.t('problem.crashedHelp')}</Text>
          <Code block>{String(error.message)}</Code>
          <Button onClick={() => window.location.reload()}>{i18next.t('problem.reload')}</Button>
        </Stack>
      </Container>
    );
  }
}
