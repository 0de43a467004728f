import { createTheme, type MantineColorsTuple } from '@mantine/core';

// Deep enough that white letters on it, and it on white, can be read (4.5 : 1).
const sea: MantineColorsTuple = [
  '#e6f7fa', '#cdebf0', '#9ed8e2', '#6bc4d3', '#43b3c6', '#1f9db2', '#0f8499', '#0b7285', '#095f6f', '#064753',
];

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: 7,
  colors: { sea },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  // Their title bars are no banners of the page.
  components: {
    Modal: { defaultProps: { attributes: { header: { role: 'none' } } } },
    Drawer: { defaultProps: { attributes: { header: { role: 'none' } } } },
  },
  headings: { fontWeight: '650' },
});
