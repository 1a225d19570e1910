import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api/client";
import { queries } from "../api/query";
import type { Id, Member } from "../sync/model";
import { useEngine, useMembers, useStore } from "../sync/react";
import { nobody, People } from "./people";

interface Read {
  readonly people: People;
  readonly etag: string | null;
}

const keyOf = (project: Id) => ["people", project] as const;

/** The question that names everybody in a project, for lists that are of several projects. */
export const peopleQuery = (project: Id) => ({
  queryKey: keyOf(project),
  queryFn: () => read(project),
  staleTime: 300_000,
});

/** The names of everybody in a project. They are asked for again when somebody joins, leaves or has another name. */
export function usePeople(project: Id): People {
  const engine = useEngine();
  useEffect(() => engine.on("user:people.changed", () => refresh(project)), [engine, project]);
  const { data } = useQuery(peopleQuery(project));
  return data?.people ?? nobody;
}

/** As `usePeople`, of the project around this component, whose log says who joins and leaves. */
export function usePeopleHere(): People {
  const { id } = useStore();
  const people = usePeople(id);
  const members = useMembers();
  const isBehind = people !== nobody && differs(people, members);
  useEffect(() => {
    if (isBehind) refresh(id);
  }, [id, isBehind]);
  return people;
}

const differs = (people: People, members: readonly Member[]): boolean =>
  members.some(({ user }) => people.person(user)?.member !== true) ||
  people.list.filter((person) => person.member).length !== members.length;

function refresh(project: Id): void {
  // Many components may ask at once: one request is enough.
  void queries.invalidateQueries({ queryKey: keyOf(project) }, { cancelRefetch: false });
}

async function read(project: Id): Promise<Read> {
  const known = queries.getQueryData<Read>(keyOf(project));
  const headers = known?.etag ? { "if-none-match": known.etag } : {};
  const { data, response } = await api.GET("/api/v1/projects/{project}/people", {
    params: { path: { project } },
    headers,
  });
  if (response.status === 304 && known) return known;
  if (!data) throw new Error("the list of people came without its content");
  return { people: new People(data.items), etag: response.headers.get("etag") };
}
