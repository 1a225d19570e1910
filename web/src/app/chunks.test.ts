import { expect, test, vi } from "vitest";
import { type Loader, loadChunk } from "./chunks";

function loader(build = "one", stored = new Map<string, string>()) {
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  return { build, pause: async () => {}, reload: vi.fn(), storage } satisfies Loader;
}

function failing(times: number) {
  let failures = 0;
  return vi.fn(async () => {
    if (failures++ < times) throw new TypeError("404");
    return "screen";
  });
}

/** The page goes while it waits, so there is nothing to await. */
async function untilReload(page: ReturnType<typeof loader>, load: () => Promise<unknown>): Promise<void> {
  void loadChunk(load, page);
  await vi.waitFor(() => expect(page.reload).toHaveBeenCalledTimes(1));
}

test("a chunk that another instance has is asked for up to five times", async () => {
  const page = loader();
  expect(await loadChunk(failing(4), page)).toBe("screen");
  expect(page.reload).not.toHaveBeenCalled();
});

test("a chunk that no instance has loads the page anew", async () => {
  const load = failing(9);
  await untilReload(loader(), load);
  expect(load).toHaveBeenCalledTimes(5);
});

test("the page is loaded anew once for each build", async () => {
  const stored = new Map<string, string>();
  await untilReload(loader("one", stored), failing(9));
  const again = loader("one", stored);
  await expect(loadChunk(failing(9), again)).rejects.toThrow("404");
  expect(again.reload).not.toHaveBeenCalled();
  await untilReload(loader("two", stored), failing(9));
});

test("without storage the page is not loaded anew, because that might never end", async () => {
  const page = { ...loader(), storage: null };
  await expect(loadChunk(failing(9), page)).rejects.toThrow("404");
  expect(page.reload).not.toHaveBeenCalled();
});
