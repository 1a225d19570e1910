import "./ui/tokens.css";
import "./ui/base.css";
import { createRoot } from "react-dom/client";
import { keepAnswersPersonal } from "./app/answers";
import { App, fetchAhead } from "./app/app";
import { followTheme } from "./app/theme";
import { hideSecret } from "./screens/auth/secret";
import { session } from "./session/session";

hideSecret();
keepAnswersPersonal();
followTheme();
void session.start();
fetchAhead();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(<App />);
