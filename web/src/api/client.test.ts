import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { session } from "../session/session";
import { fetchAsMe, onBuild, seenBuild } from "./client";
import { SessionEnded } from "./problem";

const ADDRESS = "http://localhost/x/api/v1/";
const asked: { path: string; bearer: string | null; body: string }[] = [];
let answers: number[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = request.url.slice(ADDRESS.length);
    asked.push({ path, bearer: request.headers.get("authorization"), body: await request.text() });
    return new Response(null, { status: answers.shift() ?? 200 });
  });
});

afterEach(() => vi.unstubAllGlobals());

const post = (path: string) => fetchAsMe(new Request(ADDRESS + path, { method: "POST", body: "{}" }));

test("a request carries the access token", async () => {
  vi.spyOn(session, "token").mockResolvedValue("first");
  await post("projects");
  expect(asked).toEqual([{ path: "projects", bearer: "Bearer first", body: "{}" }]);
});

test("a token that the server refuses is replaced, and the same is asked once more", async () => {
  answers = [401, 201];
  vi.spyOn(session, "token").mockResolvedValueOnce("old").mockResolvedValueOnce("new");
  const invalidate = vi.spyOn(session, "invalidate");
  expect((await post("projects")).status).toBe(201);
  expect(invalidate).toHaveBeenCalledWith("old");
  expect(asked).toEqual([
    { path: "projects", bearer: "Bearer old", body: "{}" },
    { path: "projects", bearer: "Bearer new", body: "{}" },
  ]);
});

test("a second refusal is the answer", async () => {
  answers = [401, 401, 200];
  vi.spyOn(session, "token").mockResolvedValue("any");
  expect((await post("projects")).status).toBe(401);
  expect(asked).toHaveLength(2);
});

test("without a session nothing is asked", async () => {
  vi.spyOn(session, "token").mockRejectedValue(new SessionEnded());
  await expect(post("projects")).rejects.toBeInstanceOf(SessionEnded);
  expect(asked).toEqual([]);
});

test("what is open is asked without a token, also below a prefix", async () => {
  vi.spyOn(session, "token").mockRejectedValue(new SessionEnded());
  await post("invitations/look");
  expect(asked).toEqual([{ path: "invitations/look", bearer: null, body: "{}" }]);
});

test("another build is told once, also while the old one is still seen", () => {
  const told: string[] = [];
  const stop = onBuild((build) => told.push(build));
  for (const build of ["1", "1", "2", "1", "2", "3"]) seenBuild(build);
  stop();
  seenBuild("4");
  expect(told).toEqual(["2", "3"]);
});
