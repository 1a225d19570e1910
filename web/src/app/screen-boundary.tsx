import { Component, type ReactNode } from "react";
import { sentence } from "../api/problem";
import { Button } from "../ui/button";
import styles from "./app.module.css";

interface State {
  error: unknown;
}

/** A screen that couldn't be loaded or drawn says so, and the rest of the page goes on. `place` names what it shows. */
export class ScreenBoundary extends Component<{ place: string; children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidUpdate(before: { place: string }) {
    if (before.place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <main className={styles.failed}>
        <h1>This screen couldn't be shown</h1>
        <p>{sentence(this.state.error)}</p>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </main>
    );
  }
}
