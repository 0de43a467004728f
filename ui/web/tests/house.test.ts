// Rules of this house that the compiler does not know.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const files = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => (statSync(join(dir, name)).isDirectory() ? files(join(dir, name)) : [join(dir, name)]));
const sources = files('src').filter((f) => /\.tsx?$/.test(f));

describe('house', () => {
  it('brings the styles of every component that is used', () => {
    const styles = readFileSync('src/library.css.ts', 'utf8');
    const missing = new Set<string>();
    for (const file of sources) {
      for (const [, names = ''] of readFileSync(file, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
        for (const name of names.split(',').map((n) => n.trim().replace('type ', ''))) {
          const css = `@mantine/core/styles/${name}.css`;
          if (name && existsSync(join('node_modules', css)) && !styles.includes(css)) missing.add(name);
        }
      }
    }
    expect([...missing]).toEqual([]);
  });

  it('has no script or handler in the page itself: the content policy refuses them', () => {
    const html = readFileSync('index.html', 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/\son\w+=|<style|javascript:/i);
  });

  it('keeps files below 400 lines', () => {
    for (const file of sources.filter((f) => !f.startsWith('src/text/en'))) expect([file, readFileSync(file, 'utf8').split('\n').length <= 400]).toEqual([file, true]);
  });

  it('never asks another host', () => {
    for (const file of sources) expect(readFileSync(file, 'utf8')).not.toMatch(/https?:\/\/[a-z0-9-]+\.[a-z]/);
  });
});
