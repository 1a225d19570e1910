import { Dialog as Base } from "@base-ui/react/dialog";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import styles from "./dialog.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** The buttons, the one that does it last. */
  footer?: ReactNode;
  /** Something typed would be lost: then a click outside does not close. */
  keepOpen?: boolean;
  children?: ReactNode;
}

/** For what destroys, or a form of several fields. Everything else is edited in place. */
export function Dialog({ open, onClose, title, description, footer, keepOpen, children }: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      disablePointerDismissal={keepOpen ?? false}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles.popup}>
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            {/* Without a tooltip: it would take the first Esc for itself. */}
            <Base.Close aria-label="Close" className={styles.close}>
              <X aria-hidden />
            </Base.Close>
          </header>
          <div className={styles.body}>
            {description && <Base.Description className={styles.description}>{description}</Base.Description>}
            {children}
          </div>
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
