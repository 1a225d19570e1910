import { usePeopleHere } from "../../people/use-people";
import { useHere } from "../../sync/react";
import { AvatarStack } from "../../ui/avatar";

const shown = 5;

/** Who has the project open now. */
export function WhoIsHere() {
  const people = usePeopleHere();
  const here = useHere().map((id) => ({ id, name: people.name(id) }));
  return <AvatarStack label="Here now" people={here} max={shown} />;
}
