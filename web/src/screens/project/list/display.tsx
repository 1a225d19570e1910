import { useLocation, useSearch } from "wouter";
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

/** How the list is grouped and ordered. It stands in the address. */
export function Display() {
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
