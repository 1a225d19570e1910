import { type FormEvent, useState } from "react";
import { ApiError, faultSentence, sentence } from "../api/problem";

export interface Submit {
  pending: boolean;
  /** What went wrong, where it belongs to no field of the form. */
  error: string | null;
  /** What is wrong with the field of this name. */
  faultOf(field: string): string | null;
  onSubmit(event: FormEvent): void;
  /** As if the form was opened anew. */
  reset(): void;
}

/** A form with these `fields`, sent by `action`, once at a time. */
export function useSubmit(fields: readonly string[], action: () => Promise<void>): Submit {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function send() {
    setPending(true);
    setFailure(null);
    try {
      await action();
    } catch (error) {
      setFailure(error);
    } finally {
      setPending(false);
    }
  }

  const faults = failure instanceof ApiError ? (failure.problem.errors ?? []) : [];
  const faultOf = (field: string) => faults.find(({ pointer }) => pointer === `/${field}`);
  const isShownAtField = fields.some((field) => faultOf(field) !== undefined);
  return {
    pending,
    error: failure === null || isShownAtField ? null : sentence(failure),
    faultOf: (field) => {
      const fault = faultOf(field);
      return fault === undefined ? null : faultSentence(fault.detail);
    },
    reset: () => setFailure(null),
    onSubmit: (event) => {
      event.preventDefault();
      // A form in a dialog stands in the page's tree, so the page's forms would hear it too.
      event.stopPropagation();
      if (!pending) void send();
    },
  };
}
