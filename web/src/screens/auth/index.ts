export { JoinScreen } from "./join";
export { ResetScreen } from "./reset";
export { WelcomeScreen } from "./welcome";
