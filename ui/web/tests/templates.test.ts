import { describe, expect, it } from 'vitest';
import { moved, stagesIn, type Rollout } from '../src/api/rollouts';
import type { Language, PhoneModel } from '../src/api/templates';
import { offers } from '../src/pages/templates/code/complete';
import { placeIn } from '../src/pages/templates/code/place';
import { linesOf } from '../src/pages/templates/diff';
import { filterIn, pickModels } from '../src/pages/templates/filters';
import '../src/text/i18n';
import '../src/text/templates';

const variable = (name: string, of = '', kind: 'string' | 'list' = 'string') => ({ name, of, kind, doc: name, secret: false, may_be_absent: false });
const language: Language = {
  variables: [variable('phone.mac'), variable('lines', '', 'list'), variable('modules', '', 'list'), variable('label', 'lines'), variable('keys', 'modules', 'list'), variable('value', 'modules.keys')],
  functions: [{ name: 'orclear', doc: 'clears' }],
  settings: [],
};
const labels = (before: string) => offers(placeIn(before)!, language, ['keys.tmpl']).map((o) => o.label);

describe('where one is in a template', () => {
  it('is plain text outside of an action', () => {
    expect(placeIn('a = b')).toBeUndefined();
    expect(placeIn('a = {{.phone.mac}} b')).toBeUndefined();
  });
  it('is no place for names between quotes or in a comment', () => {
    expect(placeIn('{{fact "b')).toBeUndefined();
    expect(placeIn('{{/* .ph')).toBeUndefined();
    expect(placeIn('{{fact "b\\"lf" .x')).toEqual({ word: '.x', lists: [] });
  });
  it('knows the lists that are not ended', () => {
    expect(placeIn('{{range .lines}}{{if .used}}{{.la')).toEqual({ word: '.la', lists: ['lines'] });
    expect(placeIn('{{range .lines}}{{if .used}}x{{end}}{{end}}{{.la')).toEqual({ word: '.la', lists: [] });
    expect(placeIn('{{- range .modules -}}{{range .keys}}{{.')?.lists).toEqual(['modules', 'keys']);
  });
});

describe('what is offered', () => {
  it('is everything where nothing is written yet', () => {
    expect(labels('{{')).toEqual(expect.arrayContaining(['range', 'orclear', '.phone.mac', '.lines', 'template "keys.tmpl" .']));
  });
  it('is a list’s own values inside of it, and the phone’s by $', () => {
    expect(labels('{{range .lines}}{{.')).toEqual(['.label', '$.phone.mac', '$.lines', '$.modules']);
    expect(labels('{{range .modules}}{{range .keys}}{{.')).toContain('.value');
    expect(labels('{{range .lines}}{{$')).not.toContain('.label');
  });
});

describe('models', () => {
  const model = (id: string, over: Partial<PhoneModel>) => ({ id, vendor: 'Yealink', label: id, family: 't4', kind: 'desk', sure: 'document', custom: 0, ...over }) as PhoneModel;
  const all = [model('t46u', { custom: 1 }), model('w70b', { kind: 'dect', sure: '' }), model('d785', { vendor: 'Snom', sure: 'unsure' })];
  const ids = (query: string) => pickModels(all, filterIn(new URLSearchParams(query))).map((m) => m.id);
  it('are filtered by the address', () => {
    expect(ids('')).toEqual(['t46u', 'w70b', 'd785']);
    expect(ids('q=yea+46')).toEqual(['t46u']);
    expect(ids('kind=dect')).toEqual(['w70b']);
    expect(ids('sure=none')).toEqual(['w70b']);
    expect(ids('vendor=Snom&sure=document')).toEqual([]);
    expect(ids('own=1')).toEqual(['t46u']);
  });
});

describe('differences and stages', () => {
  it('marks the lines', () => {
    expect(linesOf('--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n').map((l) => l.mark)).toEqual(['hunk', 'del', 'add', 'same']);
  });
  it('takes stages that grow up to 100', () => {
    expect(stagesIn('1, 10, 100')).toEqual([1, 10, 100]);
    for (const bad of ['', '1, 10', '10, 10', '0, 5', '50, 101', '1.5', 'x']) expect(stagesIn(bad)).toBeUndefined();
  });
});

it('a roll-out that moved on or stopped is noticed, a new one is not', () => {
  const one = (id: string, state: string, stage: number) => ({ id, state, stage }) as Rollout;
  const before = [one('a', 'running', 0), one('b', 'done', 1)];
  expect(moved(undefined, before)).toBe(false);
  expect(moved(before, before)).toBe(false);
  expect(moved(before, [...before, one('c', 'running', 0)])).toBe(false);
  expect(moved(before, [one('a', 'running', 1)])).toBe(true);
  expect(moved(before, [one('a', 'stopped', 0)])).toBe(true);
});
