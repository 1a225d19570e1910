import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import type { Account, Deed } from "./queries";

export interface Asked {
  kind: Deed["kind"];
  account: Account;
}

interface Words {
  title(name: string): string;
  text: string;
  button: string;
  danger: boolean;
}

const WORDS: Record<Asked["kind"], Words> = {
  disable: {
    title: (name) => `Disable the account of ${name}?`,
    text: "They are signed out everywhere and can't sign in. What they wrote stays. You can enable it again.",
    button: "Disable",
    danger: true,
  },
  enable: {
    title: (name) => `Enable the account of ${name}?`,
    text: "They can sign in again.",
    button: "Enable",
    danger: false,
  },
  end: {
    title: (name) => `Sign ${name} out everywhere?`,
    text: "All their sessions and API tokens end. They can sign in again with their password.",
    button: "Sign out",
    danger: true,
  },
  reset: {
    title: (name) => `Make ${name} a link to a new password?`,
    text: "Whoever opens the link chooses a new password for this account. Give it only to the person.",
    button: "Make the link",
    danger: false,
  },
};

interface Props {
  asked: Asked;
  onClose(): void;
  onConfirm(asked: Asked): void;
}

export function ConfirmDialog({ asked, onClose, onConfirm }: Props) {
  const words = WORDS[asked.kind];
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title(asked.account.name)}
      description={words.text}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={words.danger ? "danger" : "primary"} onClick={() => onConfirm(asked)}>
            {words.button}
          </Button>
        </>
      }
    />
  );
}
