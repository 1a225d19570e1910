import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import { queries } from "../api/query";
import { routerBase } from "../base";
import { NotHere } from "../screens/not-here";
import { useMe, useSession } from "../session/use-session";
import { EngineProvider } from "../sync/provider";
import styles from "./app.module.css";
import { Frame } from "./frame/frame";
import { lastProject, setLastProject } from "./last-project";
import { fetchOtherScreens, lazyScreen } from "./lazy-screen";
import { ScreenBoundary } from "./screen-boundary";
import { SessionDialogs } from "./session-dialogs";
import { Starting } from "./starting";

const auth = () => import("../screens/auth");
const Welcome = lazyScreen(auth, (screens) => screens.WelcomeScreen);
const Join = lazyScreen(auth, (screens) => screens.JoinScreen);
const Reset = lazyScreen(auth, (screens) => screens.ResetScreen);
const Project = lazyScreen(
  () => import("../screens/project"),
  (screen) => screen.ProjectScreen,
);
const Projects = lazyScreen(
  () => import("../screens/projects"),
  (screen) => screen.ProjectsScreen,
);
const Account = lazyScreen(
  () => import("../screens/account"),
  (screen) => screen.AccountScreen,
);
const Inbox = lazyScreen(
  () => import("../screens/inbox"),
  (screen) => screen.InboxScreen,
);
const MyTasks = lazyScreen(
  () => import("../screens/my-tasks"),
  (screen) => screen.MyTasksScreen,
);
const Admin = lazyScreen(
  () => import("../screens/admin"),
  (screen) => screen.AdminScreen,
);

export function App() {
  return (
    <StrictMode>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <Router base={routerBase()}>
            <Pages />
            <SessionDialogs />
          </Router>
        </QueryClientProvider>
      </CSPProvider>
    </StrictMode>
  );
}

function Pages() {
  const session = useSession();
  useEffect(fetchOtherScreens, []);
  if (session.kind === "starting") return <Starting trouble={session.trouble} />;
  return (
    <Shown>
      <Switch>
        <Route path="/join">
          <Join />
        </Route>
        <Route path="/reset">
          <Reset />
        </Route>
        <Route>
          {session.kind === "signed_out" ? (
            <Welcome />
          ) : (
            <EngineProvider key={session.me.id} me={session.me.id}>
              <Frame>
                <Shown>
                  <SignedInPages />
                </Shown>
              </Frame>
            </EngineProvider>
          )}
        </Route>
      </Switch>
    </Shown>
  );
}

function Shown({ children }: { children: ReactNode }) {
  const [place] = useLocation();
  return (
    <ScreenBoundary place={place}>
      <Suspense fallback={<div className={styles.loading} aria-busy="true" />}>{children}</Suspense>
    </ScreenBoundary>
  );
}

function SignedInPages() {
  return (
    <Switch>
      <Route path="/">
        <Start />
      </Route>
      <Route path="/p/:project/*?">{({ project }) => <OpenProject id={project} />}</Route>
      <Route path="/projects">
        <Projects shelf="active" />
      </Route>
      <Route path="/projects/archived">
        <Projects shelf="archived" />
      </Route>
      <Route path="/projects/bin">
        <Projects shelf="bin" />
      </Route>
      <Route path="/account">
        <Account />
      </Route>
      <Route path="/admin">
        <Admin />
      </Route>
      <Route path="/inbox">
        <Inbox />
      </Route>
      <Route path="/me/tasks">
        <MyTasks />
      </Route>
      <Route>
        <NotHere />
      </Route>
    </Switch>
  );
}

/** Where one was last, or the list. */
function Start() {
  const project = lastProject(useMe().id);
  return <Redirect to={project === null ? "/projects" : `/p/${project}`} replace />;
}

function OpenProject({ id }: { id: string }) {
  const { id: me } = useMe();
  useEffect(() => setLastProject(me, id), [me, id]);
  return <Project key={id} id={id} />;
}
