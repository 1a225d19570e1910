import { expect, test, vi } from "vitest";
import { type Loader, loadChunk } from "./chunks";

function loader(build = "one", stored = new Map<string, string>()) {
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  return { build, answers: async () => true, reload: vi.fn(), storage } satisfies Loader;
}

const failing = () => Promise.reject(new TypeError("failed"));

/** The page goes while it waits, so there is nothing to await. */
async function untilReload(page: ReturnType<typeof loader>, load: () => Promise<unknown>): Promise<void> {
  void loadChunk(load, page);
  await vi.waitFor(() => expect(page.reload).toHaveBeenCalledTimes(1));
}

test("a chunk that failed loads the page anew", async () => {
  await untilReload(loader(), failing);
});

test("a page without a connection is not loaded anew, because it would be gone", async () => {
  const page = { ...loader(), answers: async () => false };
  await expect(loadChunk(failing, page)).rejects.toThrow("failed");
  expect(page.reload).not.toHaveBeenCalled();
});

test("the page is loaded anew once for each build", async () => {
  const stored = new Map<string, string>();
  await untilReload(loader("one", stored), failing);
  const again = loader("one", stored);
  await expect(loadChunk(failing, again)).rejects.toThrow("failed");
  expect(again.reload).not.toHaveBeenCalled();
  await untilReload(loader("two", stored), failing);
});

test("without storage the page is not loaded anew, because that might never end", async () => {
  const page = { ...loader(), storage: null };
  await expect(loadChunk(failing, page)).rejects.toThrow("failed");
  expect(page.reload).not.toHaveBeenCalled();
});
