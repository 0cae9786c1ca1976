import { useMutation } from '@tanstack/react-query';
import { toast } from '../ui/toast';
import { explain } from './explain';

/**
 * One command from a button: says so when it fails. `quiet` leaves that to the caller.
 * `then` sees what was on the page when the button was pressed: live updates often show the new value before the answer
 * is here, and an undo made from it would give back what was just given.
 */
export function useCommand<A, R>(
  run: (argument: A) => Promise<R>,
  then?: (result: R, argument: A) => void,
  quiet = false,
) {
  return useMutation<R, Error, A, typeof then>({
    mutationFn: run,
    onMutate: () => then,
    onSuccess: (result, argument, pressed) => pressed?.(result, argument),
    onError: (error) => {
      if (!quiet) toast('bad', explain(error));
    },
  });
}
