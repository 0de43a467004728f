// The virtualization of each extension of one's own.
import { Stack } from '@mantine/core';
import { useOwnExtensions } from '../../api/own';
import { useMay } from '../../session/session';
import { Virtualization } from '../extensions/Virtualization';

export default function Virtualizations() {
  const { data } = useOwnExtensions();
  const mayAllow = useMay('virtualization.own');
  if (!data?.length) return null;
  return (
    <Stack mt="xl">
      {data.map((e) => (
        <Virtualization key={`${e.id} ${e.virtualization.allow}`} extension={e} path="own/extensions" mayAllow={mayAllow} />
      ))}
    </Stack>
  );
}
