// Roll-outs: a change that takes effect stage by stage.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { askAll } from './client';

export type RolloutState = 'running' | 'paused' | 'stopped' | 'done';

export interface Rollout {
  id: string;
  kind: 'template' | 'firmware';
  subject: string;
  /** Of the template, or of the firmware's file. */
  name: string;
  target: string;
  /** Percent of the phones, growing. */
  stages: number[];
  /** Which of them is under way, from 0. */
  stage: number;
  least: number;
  /** Seconds. */
  soak: number;
  phones: number;
  done: number;
  waiting: number;
  failed: number;
  registered: number;
  state: RolloutState;
  reason: string;
}

/** Looked at again while one runs, in ms. */
const AGAIN = 3000;

export function useRollouts(enabled: boolean) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['rollouts'],
    queryFn: async ({ signal }) => {
      const now = await askAll<Rollout>('/rollouts', signal);
      // One that moved on, or stopped by itself, has put another version in force.
      if (moved(queries.getQueryData<Rollout[]>(['rollouts']), now)) void queries.invalidateQueries({ queryKey: ['custom-templates'] });
      return now;
    },
    enabled,
    refetchInterval: (q) => (q.state.data?.some((r) => r.state === 'running') ? AGAIN : false),
  });
}

/** Whether a roll-out is at another stage, or in another state, than it was. */
export function moved(before: Rollout[] | undefined, now: Rollout[]): boolean {
  return now.some((r) => before?.some((b) => b.id === r.id && (b.state !== r.state || b.stage !== r.stage)));
}

/** "1, 10, 100" as numbers that grow, the last 100; undefined: they do not. */
export function stagesIn(text: string): number[] | undefined {
  const stages = text.split(/[\s,;]+/).filter(Boolean).map(Number);
  const good = stages.at(-1) === 100 && stages.every((s, i) => Number.isInteger(s) && s >= 1 && s <= 100 && (i === 0 || s > stages[i - 1]!));
  return good ? stages : undefined;
}
