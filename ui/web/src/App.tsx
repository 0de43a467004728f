// Which page is at which address, and who is led elsewhere.
import { Box, Center } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { Navigate, Outlet, Route, Routes, useLocation } from 'react-router';
import { Problem } from './api/problem';
import { Failed, Loading } from './parts/States';
import { useMay, useSignOut, useStanding } from './session/session';

const House = lazy(() => import('./shell/House'));
const Setup = lazy(() => import('./pages/setup/Setup'));
const Login = lazy(() => import('./pages/Login'));
const Phones = lazy(() => import('./pages/phones/Phones'));
const Waiting = lazy(() => import('./pages/phones/waiting/Waiting'));
const Import = lazy(() => import('./pages/phones/imports/Import'));
const SipDevices = lazy(() => import('./pages/inventory/SipDevices'));
const Alarms = lazy(() => import('./pages/alarms/Alarms'));
const ExtensionPage = lazy(() => import('./pages/ExtensionPage'));
const SitePage = lazy(() => import('./pages/SitePage'));
const PhonePage = lazy(() => import('./pages/phones/one/PhonePage'));
const Extensions = lazy(() => import('./pages/Extensions'));
const Telephony = lazy(() => import('./pages/telephony/Telephony'));
const Features = lazy(() => import('./pages/telephony/Features'));
const Floor = lazy(() => import('./pages/floor/Floor'));
const Users = lazy(() => import('./pages/Users'));
const UserPage = lazy(() => import('./pages/UserPage'));
const Sites = lazy(() => import('./pages/Sites'));
const Registrations = lazy(() => import('./pages/sight/Registrations'));
const Traces = lazy(() => import('./pages/sight/Traces'));
const OneTrace = lazy(() => import('./pages/sight/OneTrace'));
const Calls = lazy(() => import('./pages/Calls'));
const CallRecords = lazy(() => import('./pages/CallRecords'));
const Models = lazy(() => import('./pages/templates/Models'));
const Model = lazy(() => import('./pages/templates/Model'));
const Taught = lazy(() => import('./pages/templates/Taught'));
const TemplateEditor = lazy(() => import('./pages/templates/Editor'));
const Layouts = lazy(() => import('./pages/keys/Layouts'));
const Designer = lazy(() => import('./pages/keys/Designer'));
const Profiles = lazy(() => import('./pages/keys/Profiles'));
const Settings = lazy(() => import('./pages/settings/Settings'));
const Sounds = lazy(() => import('./pages/sounds/Sounds'));
const Firmware = lazy(() => import('./pages/firmware/Firmware'));
const Contacts = lazy(() => import('./pages/Contacts'));
const Security = lazy(() => import('./pages/security/Security'));
const Account = lazy(() => import('./pages/Account'));
const NotFound = lazy(() => import('./pages/NotFound'));

export function App() {
  useLoggedOutElsewhere();
  return (
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route path="/setup" element={<Setup />} />
        <Route path="/login" element={<Login />} />
        <Route element={<Inside />}>
          <Route index element={<Home />} />
          <Route path="/phones" element={<Phones />} />
          <Route path="/phones/waiting" element={<Waiting />} />
          <Route path="/phones/import" element={<Import />} />
          <Route path="/phones/:id" element={<PhonePage />} />
          <Route path="/devices" element={<SipDevices />} />
          <Route path="/extensions" element={<Extensions />} />
          <Route path="/extensions/:id" element={<ExtensionPage />} />
          <Route path="/telephony" element={<Telephony />} />
          <Route path="/telephony/:id" element={<Features />} />
          <Route path="/floor" element={<Floor />} />
          <Route path="/users" element={<Users />} />
          <Route path="/users/:id" element={<UserPage />} />
          <Route path="/sites" element={<Sites />} />
          <Route path="/sites/:id" element={<SitePage />} />
          <Route path="/alarms" element={<Alarms />} />
          <Route path="/registrations" element={<Registrations />} />
          <Route path="/traces" element={<Traces />} />
          <Route path="/traces/:id" element={<OneTrace />} />
          <Route path="/calls" element={<Calls />} />
          <Route path="/callrecords" element={<CallRecords />} />
          <Route path="/templates" element={<Models />} />
          <Route path="/templates/taught" element={<Taught />} />
          <Route path="/templates/:model" element={<Model />} />
          <Route path="/templates/:model/:id" element={<TemplateEditor />} />
          <Route path="/layouts" element={<Layouts />} />
          <Route path="/layouts/:id" element={<Designer />} />
          <Route path="/profiles" element={<Profiles />} />
          <Route path="/settings" element={<Settings />} />
          <Route path="/sounds" element={<Sounds />} />
          <Route path="/firmware" element={<Firmware />} />
          <Route path="/contacts" element={<Contacts />} />
          <Route path="/security" element={<Security />} />
          <Route path="/account" element={<Account />} />
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </Suspense>
  );
}

/** Where everybody begins: at the phones, or at one's own where one sees no others. */
function Home() {
  return <Navigate to={useMay('devices.read') ? '/phones' : '/account'} replace />;
}

/** The pages for which one must be logged in. */
function Inside() {
  const { data, error, refetch } = useStanding();
  const { pathname, search } = useLocation();
  if (error) {
    return (
      <Center mih="100vh" p="md">
        <Box maw={520}>
          <Failed error={error} onRetry={() => void refetch()} />
        </Box>
      </Center>
    );
  }
  if (!data) return <Loading />;
  if (data.at === 'setup') return <Navigate to="/setup" replace />;
  if (data.at === 'out') {
    const from = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/login${from}`} replace />;
  }
  return (
    <House key={data.session.user.id}>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    </House>
  );
}

/** When any answer says that the session is over, the pages say so too. */
function useLoggedOutElsewhere() {
  const queries = useQueryClient();
  const signOut = useSignOut();
  useEffect(() => {
    const over = (e: unknown) => {
      if (e instanceof Problem && e.status === 401) signOut();
    };
    const reads = queries.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') over(event.action.error);
    });
    const writes = queries.getMutationCache().subscribe((event) => {
      const own = event.mutation?.options.meta?.ownSession;
      if (event.type === 'updated' && event.action.type === 'error' && !own) over(event.action.error);
    });
    return () => {
      reads();
      writes();
    };
  }, [queries, signOut]);
}
