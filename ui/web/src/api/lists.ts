// The lists that several pages read.
import { useQuery } from '@tanstack/react-query';
import { askAll } from './client';
import type { Extension, Model, Organization, Ref, Site, User } from './types';

function useList<T>(name: string, enabled: boolean) {
  return useQuery({ queryKey: [name], queryFn: ({ signal }) => askAll<T>(`/${name}`, signal), enabled });
}

export const useExtensions = (enabled = true) => useList<Extension>('extensions', enabled);
export const useUsers = (enabled = true) => useList<User>('users', enabled);
export const useSites = (enabled = true) => useList<Site>('sites', enabled);
export const useModels = (enabled = true) => useList<Model>('templates', enabled);
export const useProfiles = (enabled = true) => useList<Ref>('profiles', enabled);
export const useLayouts = (enabled = true) => useList<Ref>('layouts', enabled);
export const useOrganizations = (enabled = true) => useList<Organization>('organizations', enabled);
