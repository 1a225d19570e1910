import Plus from "lucide-react/icons/plus";
import { useLocation, useSearch } from "wouter";
import { IconButton } from "../../../ui/button";
import { Select } from "../../../ui/select";
import styles from "./list.module.css";
import { type Grouping, groupings, type Order, orders, readGrouping, readOrder } from "./rows";

const orderNames: Record<Order, string> = {
  hand: "By hand",
  priority: "By priority",
  due: "By due date",
  updated: "By last change",
  number: "By number",
};

const groupingNames: Record<Grouping, string> = {
  status: "Groups: status",
  assignee: "Groups: assignee",
  priority: "Groups: priority",
  label: "Groups: label",
};

interface DisplayProps {
  /** `null`: the reader may not. */
  readonly onCreate: (() => void) | null;
}

/** How the list is grouped and ordered, which stands in the address. Before it, the way to a new task. */
export function Display({ onCreate }: DisplayProps) {
  const [path, go] = useLocation();
  const search = useSearch();
  const choose = (name: string, value: string, usual: string) => {
    const next = new URLSearchParams(search);
    if (value === usual) next.delete(name);
    else next.set(name, value);
    go(`${path}?${next}`, { replace: true });
  };
  return (
    <div className={styles.display}>
      {onCreate && <IconButton label="Create a task" shortcut="C" icon={<Plus aria-hidden />} onClick={onCreate} />}
      <Select
        label="Groups"
        hideLabel
        options={groupings.map((value) => ({ value, name: groupingNames[value] }))}
        value={readGrouping(search)}
        onChange={(value) => choose("group", value, groupings[0])}
      />
      <Select
        label="Order"
        hideLabel
        options={orders.map((value) => ({ value, name: orderNames[value] }))}
        value={readOrder(search)}
        onChange={(value) => choose("sort", value, orders[0])}
      />
    </div>
  );
}
