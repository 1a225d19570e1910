import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, type ReactNode, StrictMode, useEffect } from "react";
import { Redirect, Route, Router, Switch, useLocation } from "wouter";
import { queries } from "../api/query";
import { routerBase } from "../base";
import { NotHere } from "../screens/not-here";
import { Reference } from "../screens/reference";
import { useMe, useSession } from "../session/use-session";
import { EngineProvider } from "../sync/provider";
import { useEngine } from "../sync/react";
import styles from "./app.module.css";
import { Frame } from "./frame/frame";
import { lastProject, setLastProject } from "./last-project";
import { fetchOtherScreens, lazyScreen } from "./lazy-screen";
import { ScreenBoundary } from "./screen-boundary";
import { SessionDialogs } from "./session-dialogs";
import { Starting } from "./starting";

function Loading() {
  return <div className={styles.loading} aria-busy="true" />;
}

const screen = <Module, Props extends object>(
  load: () => Promise<Module>,
  pick: (module: Module) => ComponentType<Props>,
) => lazyScreen(load, pick, Loading);

const auth = () => import("../screens/auth");
const Welcome = screen(auth, (screens) => screens.WelcomeScreen);
const Join = screen(auth, (screens) => screens.JoinScreen);
const Reset = screen(auth, (screens) => screens.ResetScreen);
const Project = screen(
  () => import("../screens/project"),
  ({ ProjectScreen }) => ProjectScreen,
);
const Projects = screen(
  () => import("../screens/projects"),
  ({ ProjectsScreen }) => ProjectsScreen,
);
const Account = screen(
  () => import("../screens/account"),
  ({ AccountScreen }) => AccountScreen,
);
const Inbox = screen(
  () => import("../screens/inbox"),
  ({ InboxScreen }) => InboxScreen,
);
const MyTasks = screen(
  () => import("../screens/my-tasks"),
  ({ MyTasksScreen }) => MyTasksScreen,
);
const Admin = screen(
  () => import("../screens/admin"),
  ({ AdminScreen }) => AdminScreen,
);

/** A project's screen is on its way before it is known who is signed in. */
export function fetchAhead(): void {
  if (window.location.pathname.includes("/p/")) Project.ahead();
}

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
  return <ScreenBoundary place={place}>{children}</ScreenBoundary>;
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
      <Route path="/:name">{({ name }) => <Reference text={name} />}</Route>
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
  const engine = useEngine();
  useEffect(() => setLastProject(me, id), [me, id]);
  useEffect(() => {
    // It is loaded while its screen still is. The screen opens it too, and says what went wrong.
    engine.open(id).catch(() => undefined);
    return () => engine.release(id);
  }, [engine, id]);
  return <Project key={id} id={id} />;
}
