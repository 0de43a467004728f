// What callers hear of us: music and sentences are replaced by a file and put
// back; a file that is none is refused.
import { api, ok, visit, walk } from './walk.mjs';

/** Half a second of a tone, 8,000 samples a second, 16 bits, one channel. */
function wav() {
  const samples = 4000;
  const b = Buffer.alloc(44 + 2 * samples);
  b.write('RIFF', 0);
  b.writeUInt32LE(36 + 2 * samples, 4);
  b.write('WAVEfmt ', 8);
  b.writeUInt32LE(16, 16);
  b.writeUInt16LE(1, 20);
  b.writeUInt16LE(1, 22);
  b.writeUInt32LE(8000, 24);
  b.writeUInt32LE(16000, 28);
  b.writeUInt16LE(2, 32);
  b.writeUInt16LE(16, 34);
  b.write('data', 36);
  b.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) b.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 8000)), 44 + 2 * i);
  return b;
}

walk('sounds', async (page, picture) => {
  const button = (what) => page.getByRole('button', { name: what, exact: true });
  const replace = async (name, buffer) => {
    const chooser = page.waitForEvent('filechooser');
    await button(`Replace: ${name}`).click();
    await (await chooser).setFiles({ name: 'own.wav', mimeType: 'audio/wav', buffer });
  };

  await visit(page, '/sounds');
  await page.getByText('Who is held hears the built-in music.').waitFor();
  const saved = page.waitForEvent('download');
  await button('Download: Music on hold').click();
  if ((await saved).suggestedFilename() !== 'Music on hold.wav') throw new Error('the music has another name');
  await replace('Music on hold', Buffer.from('no sound at all'));
  await page.getByText(/WAV/).last().waitFor();
  await page.getByText('Who is held hears the built-in music.').waitFor();
  await replace('Music on hold', wav());
  await page.getByText('Who is held hears your own music.').waitFor();
  await button('Put ours back: Music on hold').click();
  await page.getByText('Who is held hears the built-in music.').waitFor();
  ok('music on hold is fetched, replaced and put back, and what is no sound is refused');

  const { items } = await api(page, 'GET', '/prompts');
  const one = items.find((p) => p.language === 'en' && p.text.includes(' '));
  await page.getByLabel('Search').fill(one.text);
  await page.getByText(one.text, { exact: true }).first().waitFor();
  await picture('sounds');
  await replace(one.name, wav());
  await page.getByText('Replaced', { exact: true }).first().waitFor();
  await button(`Put ours back: ${one.name}`).first().press('Enter');
  await page.getByText('Replaced', { exact: true }).first().waitFor({ state: 'detached' });
  ok('a sentence is found by its words, replaced and put back, by keyboard too');
  await page.getByLabel('Search').fill('no sentence has this');
  await page.getByText('No sentence fits.').waitFor();

  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page, '/sounds');
  await page.getByText(`en/${one.name}`, { exact: true }).filter({ visible: true }).first().waitFor();
  if ((await page.evaluate(() => document.documentElement.scrollWidth)) > 390) throw new Error('the page is wider than a narrow screen');
  await picture('narrow');
  ok('it fits a narrow screen');
});
