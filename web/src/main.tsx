import { createRoot } from "react-dom/client";
import { queries } from "./api/query";
import { App } from "./app/app";
import { hideSecret } from "./screens/auth/secret";
import { session } from "./session/session";

hideSecret();
forgetOnSignOut();
void session.start();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(<App />);

/** What was answered to one person is not shown to the next. */
function forgetOnSignOut(): void {
  let person: string | null = null;
  session.subscribe(() => {
    const state = session.state();
    const now = "me" in state ? state.me.id : null;
    if (person !== null && now !== person) queries.clear();
    person = now;
  });
}
