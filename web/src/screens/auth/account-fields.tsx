import { useState } from "react";
import { Input } from "../../forms/fields";
import type { Submit } from "../../forms/use-submit";

interface FieldProps {
  value: string;
  onValue(value: string): void;
  submit: Submit;
  autoFocus?: boolean;
  readOnly?: boolean;
}

export function EmailField(props: FieldProps) {
  return <Input label="E-mail" name="email" type="email" autoComplete="username" required {...props} />;
}

export function PasswordField(props: FieldProps) {
  return <Input label="Password" name="password" type="password" autoComplete="current-password" required {...props} />;
}

export function NewPasswordField({ label = "Password", ...props }: FieldProps & { label?: string }) {
  return (
    <Input
      label={label}
      name="password"
      type="password"
      autoComplete="new-password"
      required
      hint="At least 10 characters."
      {...props}
    />
  );
}

/** An address that is typed, unless only one is of use. */
export function useEmail(fixed: string | undefined) {
  const [typed, setTyped] = useState("");
  return { value: fixed ?? typed, onValue: setTyped, readOnly: fixed !== undefined };
}
