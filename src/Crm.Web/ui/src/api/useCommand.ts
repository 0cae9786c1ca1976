import { useMutation } from '@tanstack/react-query';
import { toast } from '../ui/toast';
import { explain } from './explain';

/** One command from a button: says so when it fails. `quiet` leaves that to the caller. */
export function useCommand<A, R>(
  run: (argument: A) => Promise<R>,
  then?: (result: R, argument: A) => void,
  quiet = false,
) {
  return useMutation<R, Error, A>({
    mutationFn: run,
    onSuccess: (result, argument) => then?.(result, argument),
    onError: (error) => {
      if (!quiet) toast('bad', explain(error));
    },
  });
}
