import { type ReactNode, useCallback, useEffect, useState } from "react";
import { Redirect, Route, Switch, useLocation, useSearch } from "wouter";
import { ApiError, sentence } from "../../api/problem";
import { lazyScreen } from "../../app/lazy-screen";
import { useMe } from "../../session/use-session";
import type { Id, Role, Task } from "../../sync/model";
import { taskByNumber } from "../../sync/numbers";
import { type Opened, StoreContext, useMembers, useOpen, useProject, useStore, useTopic } from "../../sync/react";
import type { ProjectStore } from "../../sync/store";
import { EmptyState } from "../../ui/empty-state";
import { Skeleton } from "../../ui/skeleton";
import { useTitle } from "../../words/use-title";
import { Board } from "./board/board";
import { ChangedByContext, useNewChangedBy } from "./changed-by";
import { Closed } from "./closed";
import { FilterBar } from "./filter/filter-bar";
import { SightContext, useLookingAt, useNewSight } from "./filter/use-sight";
import { List } from "./list/list";
import { isList } from "./list/rows";
import { PlainHeader } from "./plain-header";
import styles from "./project.module.css";
import { ProjectHeader } from "./project-header";
import { useShownProject } from "./shown";
import { useUndoKeys } from "./use-undo-keys";

const TaskPanel = lazyScreen(
  () => import("../task"),
  (screen) => screen.TaskPanel,
);

const ProjectSettings = lazyScreen(
  () => import("../settings"),
  (screen) => screen.ProjectSettings,
);

const Archive = lazyScreen(
  () => import("./archive/archive"),
  (screen) => screen.Archive,
);

/** A project: loaded, kept live, and what its address shows of it. */
export function ProjectScreen({ id }: { id: Id }) {
  const opened = useOpen(id);
  const seen = useSeen(opened);
  if (opened.kind === "loading") return opened.late ? <Late /> : <Loading />;
  if (opened.kind === "failed") return <Failed id={id} seen={seen} error={opened.error} />;
  return (
    <StoreContext value={opened.store}>
      <Project />
    </StoreContext>
  );
}

/** The project that was open here, so that what was begun in it can be copied when it is closed to the reader. */
function useSeen(opened: Opened): ProjectStore | null {
  const [seen, setSeen] = useState<ProjectStore | null>(null);
  useEffect(() => {
    if (opened.kind === "open") setSeen(opened.store);
  }, [opened]);
  return seen;
}

function Loading() {
  return (
    <div className={styles.loading}>
      <Skeleton label="Loading the project" rows={6} />
    </div>
  );
}

/** The server is asked again until it answers. */
function Late() {
  return (
    <>
      <PlainHeader />
      <main>
        <EmptyState
          title="The project is not here yet"
          text="The server does not answer just now, and this browser has no copy of it. It comes as soon as the server answers."
        />
      </main>
    </>
  );
}

interface FailedProps {
  readonly id: Id;
  readonly seen: ProjectStore | null;
  readonly error: unknown;
}

/** Not there and not a member are one thing to the server, so they are one page. */
function Failed({ id, seen, error }: FailedProps) {
  if (error instanceof ApiError) return <Closed project={id} seen={seen} />;
  return (
    <>
      <PlainHeader />
      <main>
        <EmptyState title="The project could not be loaded" text={sentence(error)} />
      </main>
    </>
  );
}

function useRole(): Role | undefined {
  const me = useMe().id;
  return useMembers().find(({ user }) => user === me)?.role;
}

function Project() {
  const project = useProject();
  const base = `/p/${project.id}`;
  useTitle(project.name);
  useShownProject(useStore());
  useUndoKeys();
  const changedBy = useNewChangedBy(useMe().id);
  return (
    <ChangedByContext value={changedBy}>
      <div className={styles.project}>
        <ProjectHeader />
        <Switch>
          <Route path={`${base}/settings`}>
            <main className={styles.settings}>
              <ProjectSettings />
            </main>
          </Route>
          <Route path={`${base}/archive`}>
            <Archive />
          </Route>
          <Route path={`${base}/t/:task`}>{({ task }) => <WithBoard task={task} number={null} />}</Route>
          <Route path={`${base}/:number?`}>
            {({ number }) => <WithBoard task={null} number={number === undefined ? null : Number(number)} />}
          </Route>
          <Route>
            <Redirect to={base} replace />
          </Route>
        </Switch>
      </div>
    </ChangedByContext>
  );
}

/** The board, and beside it the task that the address names. It is one component for all addresses, so that the board stays. */
function WithBoard({ task, number }: { task: Id | null; number: number | null }) {
  const numbered = useTopic("tasks", (store) => (number === null ? null : (taskByNumber(store, number)?.id ?? null)));
  const open = task ?? numbered;
  const store = useStore();
  const role = useRole();
  const { archived } = useProject();
  const mayEdit = (role === "owner" || role === "editor") && !archived;
  const [, go] = useLocation();
  const search = useSearch();
  // The filter goes along, so it is there when the task is closed.
  const to = useCallback((path: string) => go(search === "" ? path : `${path}?${search}`), [go, search]);
  const show = useCallback((task: Task) => to(addressOf(task, store.id)), [to, store]);
  const close = useCallback(() => to(`/p/${store.id}`), [to, store]);
  const sight = useNewSight();
  useLookingAt(sight, open);
  const panel = open !== null || number !== null ? <TaskPanel id={open} number={number} onClose={close} /> : null;
  return (
    <SightContext value={sight}>
      <Split panel={panel}>
        <FilterBar />
        {isList(search) ? (
          <List mayEdit={mayEdit} opened={open} onOpen={show} />
        ) : (
          <Board mayEdit={mayEdit} opened={open} onOpen={show} />
        )}
      </Split>
    </SightContext>
  );
}

function addressOf(task: Task, project: Id): string {
  return task.number > 0 ? `/p/${project}/${task.number}` : `/p/${project}/t/${task.id}`;
}

function Split({ children, panel }: { children: ReactNode; panel: ReactNode }) {
  return (
    <div className={styles.split}>
      <main className={styles.main}>{children}</main>
      {panel && (
        <aside className={styles.panel} data-panel>
          {panel}
        </aside>
      )}
    </div>
  );
}
