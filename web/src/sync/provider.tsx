import { type ReactNode, useEffect, useState } from "react";
import { Engine } from "./engine";
import type { Id } from "./model";
import { EngineContext } from "./react";

/** The engine of the signed-in person, for everything below. */
export function EngineProvider({ me, children }: { me: Id; children: ReactNode }) {
  const [engine, setEngine] = useState<Engine | null>(null);
  useEffect(() => {
    const started = new Engine(me);
    setEngine(started);
    return () => started.stop();
  }, [me]);
  if (!engine) return null;
  return <EngineContext value={engine}>{children}</EngineContext>;
}
