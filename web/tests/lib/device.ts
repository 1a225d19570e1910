// What a browser keeps for somebody on the device.

import type { Page } from "@playwright/test";

type Stores = Record<"queue" | "refused" | "drafts" | "copies" | "events", unknown[]>;

/** `null`: nothing was ever kept for them. */
export function keptOnDevice(page: Page, user: string): Promise<Stores | null> {
  return page.evaluate(async (id) => {
    const known = (await indexedDB.databases()).find(({ name }) => name?.endsWith(id));
    if (!known?.name) return null;
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await answer(indexedDB.open(known.name));
    const names = [...db.objectStoreNames];
    const reading = db.transaction(names);
    const all = await Promise.all(names.map(async (name) => [name, await answer(reading.objectStore(name).getAll())]));
    db.close();
    return Object.fromEntries(all);
  }, user);
}
