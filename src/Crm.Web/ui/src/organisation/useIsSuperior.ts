import { usePeople } from '../people/people';
import { useMe } from '../session/session';
import { useDepartments } from './useDepartments';

/** Whether somebody works under the signed-in person, who then is told of alerts about them. */
export function useIsSuperior(): boolean {
  const { user } = useMe();
  const people = usePeople();
  const { all } = useDepartments();
  return people.some(({ superiorId }) => superiorId === user.id) || all.some(({ managerId }) => managerId === user.id);
}
